// What matters to others asks for the second factor again, and what was typed
// goes through. The line in this journey calls a factor old after half a minute.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Line, Phone } from '../lib/line.mjs';
import { joins } from '../lib/opened.mjs';
import { Counsellor } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

journey('promise: what matters asks for the second factor again, and nothing typed is lost', async (e) => {
	const line = e.line;
	if (!(line instanceof Line)) throw new Error('the line does not run in earnest');
	await line.stop();
	appendFileSync(line.config, '\nstep_up_seconds = 30\n');
	await line.restart();
	const machine = await e.machine();
	const anna = new Counsellor(e, await e.page(machine), machine);
	const { page } = anna;
	await joins(anna, line.desk + line.join);
	const phone = new Phone(await page.$eval('#secret', (n) => n.textContent ?? ''));
	const shown = Date.now();
	await page.type('#code', await phone.code());
	await page.type('#name', 'My phone');
	await anna.follow('form[action="/second/app"] button[type=submit]');

	// Just shown, it is not asked for again; half a minute later it is, and a page
	// that asks nothing of others still opens.
	await page.goto(`${line.desk}/people`);
	await page.type('#name', "Robin d'Hondt");
	await page.$eval('input[name=role][value=leader]', (box) => ((/** @type {HTMLInputElement} */ (box)).checked = true));
	const weighty = () => page.evaluate(async () => (await fetch('/people/AAAAAAAAAAAAAAAAAAAAAA/remove')).status);
	const at = await weighty();
	if (Date.now() - shown < 29_000) assert.notEqual(at, 428, 'it is asked for again at once'); // where all this took longer, it may be
	await until('the second factor counts no more', async () => (await weighty()) === 428, 45_000);
	await anna.follow('form[action="/people"] button[type=submit]');
	await anna.toRead(words('stepup.title'));
	await anna.toRead(words('stepup.kept'));
	for (const width of [1280, 390]) {
		await page.setViewport({ width, height: 800 });
		assert.deepEqual([...(await faults(page)), ...(await tooWide(page))], [], `at ${width} px`);
		await picture(page, `stepup-${width}`);
	}
	await page.type('input[name=step-code]', '000000');
	await anna.follow('form[action="/step-up"] button[type=submit]');
	await anna.toRead('That code is not right');
	assert.ok(!(await page.content()).includes('000000'), 'a code that was typed stands in the page again');
	await page.type('input[name=step-code]', await phone.code());
	await anna.follow('form[action="/step-up"] button[type=submit]');
	await anna.toRead("Robin d'Hondt");
	await anna.toSee('.once');
	await page.goto(`${line.desk}/people`);
	await anna.toRead("Robin d'Hondt");
	await anna.toRead(words('staff.role.leader'));
}, { earnest: true, staffOnly: true });
