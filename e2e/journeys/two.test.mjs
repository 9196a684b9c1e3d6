// What no supervisor can do alone: keeping a note beyond its time, and naming
// who keeps concerns. And the page that says what is kept and that it goes.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { chord, fill } from '../lib/keys.mjs';
import { Counsellor } from '../lib/people.mjs';
import { words } from '../lib/words.mjs';

/** Accessible and nothing sticks out, wide and narrow. @param {{ page: import('puppeteer-core').Page }} who @param {string} what */
async function look(who, what) {
	for (const width of [1280, 390]) {
		await who.page.setViewport({ width, height: 800 });
		assert.deepEqual([...(await faults(who.page)), ...(await tooWide(who.page))], [], `${what} at ${width} px`);
		await picture(who.page, `two-${what}-${width}`);
	}
}

journey('promise: a note is kept longer, and safeguarding is named, by two supervisors only', async (e) => {
	const sam = await e.supervisor();
	const desk = e.line.staff('supervisor');
	await sam.page.goto(`${desk}/people`);
	await sam.page.type('#name', 'Kim Visser');
	for (const role of ['counsellor', 'supervisor']) {
		await sam.page.$eval(`input[name=role][value=${role}]`, (box, on) => ((/** @type {HTMLInputElement} */ (box)).checked = on), role === 'supervisor');
	}
	await sam.follow('form[action="/people"] button[type=submit]');
	const machine = await e.machine();
	const kim = new Counsellor(e, await e.page(machine), machine);
	await kim.page.goto(await sam.page.evaluate(() => document.querySelector('.once')?.textContent ?? ''));
	await kim.press('input[name=written]');
	await kim.follow('button[name=do][value=join]');
	const host = new URL(kim.page.url()).origin;

	await sam.page.goto(`${desk}/people`);
	await sam.follow('a[href$="/words"].button');
	await sam.press('input[name=heard]');
	await sam.follow('form[data-once] button[type=submit]');

	const robin = await e.counsellor();
	await robin.page.bringToFront();
	await chord(robin, 'Alt', 'KeyN');
	await fill(robin, 'phone', 'A complaint came by phone.');
	await chord(robin, 'Control', 'Enter');
	await robin.toRead(words('desk.js.saved'));

	await sam.page.bringToFront();
	await sam.go('/notes');
	await sam.follow('#notes a');
	await sam.toRead(words('opening.reason'));
	await sam.press('input[name=reason]');
	await sam.follow('form[action^="/notes/"] button[type=submit]');
	await sam.toRead('A complaint came by phone.');
	await sam.press('details:has([action$="/hold"]) summary');
	await sam.press('form[action$="/hold"] input[value=complaint]');
	await sam.follow('form[action$="/hold"] button');
	await sam.toRead(words('holds.done.ask'));
	await sam.toRead(words('holds.state.asked'));
	assert.ok(!(await sam.sees('form[action$="/confirm"]')), 'who asks does not confirm');
	await look(sam, 'hold-asked');
	await kim.page.goto(`${host}/holds`);
	await kim.follow('form[action$="/confirm"] button');
	await kim.toRead(words('holds.done.confirm'));
	await kim.follow('form[action$="/asklift"] button');
	await kim.toRead(words('holds.state.lifting'));
	assert.ok(!(await kim.sees('form[action$="/lift"]')), 'who asks does not lift');
	await sam.page.goto(`${desk}/holds`);
	await sam.follow('form[action$="/lift"] button');
	await sam.toRead(words('holds.done.lift'));
	await sam.toRead(words('holds.none'));

	await sam.go('/keys');
	for (const box of await sam.page.$$('form[action="/keys/members"] input[name=person]')) await box.click();
	await sam.follow('form[action="/keys/members"] button');
	await sam.toRead(words('keys.done.named'));
	assert.ok(!(await sam.sees('form[action="/keys/members/confirm"]')), 'who names does not confirm');
	await look(sam, 'safeguarding-asked');
	await kim.page.goto(`${host}/keys`);
	await kim.follow('form[action="/keys/members/confirm"] button');
	await kim.toRead(words('keys.done.confirmed'));

	await sam.go('/retention');
	await sam.toRead(words('retention.classes'));
	await sam.toSee('[data-class=notes]');
	assert.equal(await sam.page.evaluate(() => document.querySelector('[data-class=notes] td:last-child')?.textContent?.trim()), '1', 'the note is counted');
	assert.ok(!(await sam.sees('[data-late]')), 'a line that was begun today is late with nothing');
	await look(sam, 'retention');
}, { staffOnly: true });
