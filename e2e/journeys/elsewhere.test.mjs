// A contact by phone, mail or visit: one key on the desk, the same note, and
// nothing else that remains.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { answer, asked, chord, fill } from '../lib/keys.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/people.mjs').Counsellor} Counsellor */

/** What a seen note says of its sealing. @param {Counsellor} who @param {string} wanted */
const toBe = (who, wanted) => until(`the note is ${wanted}`, () => who.page.evaluate((w) => {
	const e = [...document.querySelectorAll('[data-note] [data-state]')].find((n) => n.checkVisibility());
	return e instanceof HTMLElement && e.dataset['state'] === w;
}, wanted));

journey('promise: a contact by phone is closed by keyboard alone in under a minute, and only its note remains', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	await counsellor.next();
	await counsellor.page.bringToFront();
	const began = performance.now();
	await chord(counsellor, 'Alt', 'KeyN'); // no conversation is open: the same key
	await asked(counsellor, 'channel');
	await counsellor.toSee('#next[aria-pressed=false]'); // who is on the phone is not given a visitor
	await fill(counsellor, 'phone', 'Called about a brother. Marked words of a call.');
	await toBe(counsellor, 'sealed');
	const written = performance.now();
	assert.ok((await counsellor.text()).includes(words('note.c.channel.phone')));
	assert.deepEqual(await faults(counsellor.page), [], 'axe on a contact elsewhere');
	await picture(counsellor.page, 'elsewhere');
	await counsellor.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(counsellor.page), []);
	assert.deepEqual(await faults(counsellor.page), [], 'axe on a contact elsewhere, 320 px');
	await picture(counsellor.page, 'elsewhere-320');
	await counsellor.page.setViewport({ width: 1024, height: 768 });
	await counsellor.page.focus('#note textarea');
	const looked = performance.now(); // what the machine looked at meanwhile costs nobody time
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead(words('desk.js.saved'));
	const seconds = (performance.now() - looked + written - began) / 1000;
	assert.ok(seconds < 60, `closing took ${seconds} s`);
	await counsellor.toRead(words('desk.nothing'));
	const left = await counsellor.page.evaluate(() => document.documentElement.outerHTML
		+ [...document.querySelectorAll('textarea')].map((t) => t.value).join()
		+ JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
	assert.ok(!left.includes('Marked words'), 'the page forgets');
	assert.ok(!e.line.output.includes('Marked'));

	await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	assert.ok(!(await counsellor.sees('a[href^="/closing/"]')), 'nothing is left unfinished');
	await counsellor.follow('#notes a');
	await counsellor.toRead('Marked words of a call.');
	await counsellor.toRead(words('note.c.channel.phone'));
	await counsellor.follow('#revise');
	assert.equal(await counsellor.page.evaluate(() => document.querySelector('[data-question=channel] input:checked')?.getAttribute('value')), 'phone');
}, { staffOnly: true });

journey('a contact elsewhere stands beside a conversation, and its draft can be finished later', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('still talking');
	await counsellor.page.bringToFront();
	await chord(counsellor, 'Alt', 'KeyT');
	await asked(counsellor, 'channel');
	await answer(counsellor, 'channel', 'mail');
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('Half an answer.');
	await toBe(counsellor, 'sealed');
	await chord(counsellor, 'Alt', 'KeyK');
	await counsellor.toGet('still talking');
	await counsellor.tell('one moment please');
	await chord(counsellor, 'Alt', 'KeyT'); // the one there is, not a second
	await until('the words of the mail are in view', () => counsellor.page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('#note textarea'))?.value === 'Half an answer.'));
	assert.equal(await counsellor.page.evaluate(() => document.querySelectorAll('#mine li').length), 2);
	await chord(counsellor, 'Alt', 'KeyX'); // ends conversations, and this is none
	assert.ok(!(await counsellor.sees('#ending')));
	await chord(counsellor, 'Alt', 'KeyW');
	await counsellor.toRead(words('note.leave.title'));
	await counsellor.press('#unsaved-wipe');
	await counsellor.toRead(words('desk.js.away'));
	await counsellor.toGet('still talking');

	const later = `${e.line.staff('counsellor')}/notes`;
	await counsellor.page.goto(later);
	await counsellor.follow('a[href^="/closing/"]');
	await until('the draft is back', () => counsellor.page.evaluate(() => document.querySelector('textarea')?.value === 'Half an answer.'));
	for (const [key, code] of [['group', 'other'], ['ended', 'agreed']]) {
		await counsellor.page.click(`[data-question=${key}] [data-turn]`);
		await counsellor.page.click(`[data-question=${key}] input[value=${code}]`);
	}
	await counsellor.page.focus('textarea');
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toSee('#notes');
}, { staffOnly: true });
