// A line in earnest that is open: its first supervisor has come in by her
// invitation, with a passphrase and an app, and is on duty.
import { Line, Phone } from './line.mjs';
import { Counsellor } from './people.mjs';
import { STRETCHED } from './until.mjs';

export const pass = 'lantern ribun over vierkant tosas';

/** Comes in by an invitation, with a passphrase of one's own. @param {Counsellor} who @param {string} link */
export async function joins(who, link) {
	const { page } = who;
	for (let n = 0; n < 5; n++) { // a machine that is busy asks to try again, and people do
		await page.goto(link);
		await page.click('input[name=choice][value=own]');
		for (const field of ['#own', '#again']) await page.type(field, pass);
		await who.follow('button[value=join]', STRETCHED);
		if (!(await page.$('#own'))) return;
	}
	throw new Error(`the way in stays shut: ${await who.text()}`);
}

/** @param {import('./journey.mjs').Evening} e */
export function earnest(e) {
	if (!(e.line instanceof Line)) throw new Error('the line does not run in earnest');
	return e.line;
}

/** @param {import('./journey.mjs').Evening} e */
export async function opened(e) {
	const line = earnest(e);
	const machine = await e.machine();
	const anna = new Counsellor(e, await e.page(machine), machine);
	const { page } = anna;
	await joins(anna, line.desk + line.join);
	await page.type('#code', await new Phone(await page.$eval('#secret', (n) => n.textContent ?? '')).code());
	await page.type('#name', 'My phone');
	await anna.follow('form[action="/second/app"] button[type=submit]');
	await page.goto(`${line.desk}/desk`);
	await anna.onDuty();
	return { line, anna };
}
