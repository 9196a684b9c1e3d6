// A line in earnest that is open: its first supervisor has come in by her
// invitation, with a passphrase and an app, and is on duty.
import { Line, Phone } from './line.mjs';
import { Counsellor } from './people.mjs';
import { STRETCH } from './until.mjs';

const pass = 'lantern ribun over vierkant tosas';

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
	await page.goto(line.desk + line.join);
	await page.click('input[name=choice][value=own]');
	await page.type('#own', pass);
	await page.type('#again', pass);
	await anna.follow('button[value=join]', STRETCH);
	await page.type('#code', await new Phone(await page.$eval('#secret', (n) => n.textContent ?? '')).code());
	await page.type('#name', 'My phone');
	await anna.follow('form[action="/second/app"] button[type=submit]');
	await page.goto(`${line.desk}/desk`);
	await anna.onDuty();
	return { line, anna };
}
