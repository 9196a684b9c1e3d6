// Closing a contact: outcome and note beside the conversation, sealed while
// they are typed, wiped once they are saved, opened again by those who may.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { journey } from '../lib/journey.mjs';
import { answer, chord } from '../lib/keys.mjs';
import { remembers } from '../lib/memory.mjs';
import { Counsellor, together } from '../lib/people.mjs';
import { never, STRETCHED, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */

/** What the note's state says. @param {Counsellor} who */
const state = (who) => who.page.evaluate(() => {
	const e = [...document.querySelectorAll('[data-note] [data-state]')].find((n) => n.checkVisibility());
	return e instanceof HTMLElement ? e.dataset['state'] ?? '' : '';
});

/** @param {Counsellor} who @param {string} wanted */
const toBe = (who, wanted) => until(`the note is ${wanted}`, async () => {
	const now = await state(who);
	if (now === wanted) return true;
	throw new Error(`it is ${now}`);
});

/** Writes down every state of the note from now on: some stand there for two seconds only. @param {Counsellor} who */
const watch = (who) => who.page.evaluate(() => {
	const e = /** @type {HTMLElement} */ (document.querySelector('#note [data-form] [data-state]'));
	/** @type {string[]} */ const all = [];
	Object.assign(window, { states: all });
	new MutationObserver(() => all.push(e.dataset['state'] ?? '')).observe(e, { attributes: true });
});

/** What was written down. @param {Counsellor} who @returns {Promise<string[]>} */
const watched = (who) => who.page.evaluate(() => Reflect.get(window, 'states'));

/** What is chosen for a question, as the person reads it. @param {Counsellor} who @param {string} key */
const chosen = (who, key) => who.page.evaluate((k) => document.querySelector(`#note [data-question=${k}] [data-got]`)?.textContent, key);

/** What stands in the note's box. @param {Counsellor} who */
const typed = (who) => who.page.evaluate(() => /** @type {HTMLTextAreaElement | null} */ (document.querySelector('[data-note] textarea:not(template *)'))?.value ?? '');

/** Everything a page holds: markup, what stands in boxes, storage. @param {Counsellor} who */
const everything = (who) => who.page.evaluate(() => document.documentElement.outerHTML
	+ [...document.querySelectorAll('textarea, input')].map((e) => /** @type {HTMLInputElement} */ (e).value).join('\n')
	+ JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

/** Closes the contact that has ended, from the first open question on, by single keys. @param {Counsellor} who @param {string} text */
async function close(who, text) {
	await answer(who, 'return', 'first');
	await answer(who, 'concern', 'attraction');
	await answer(who, 'concern', 'pornography');
	await who.page.keyboard.press('Enter');
	await answer(who, 'level', 'support');
	await answer(who, 'suicide', 'thoughts');
	await answer(who, 'child', 'none');
	await answer(who, 'age', '26-40');
	await answer(who, 'region', 'unsaid');
	await answer(who, 'heard', 'search');
	await answer(who, 'steps', 'support');
	await who.page.keyboard.press('Enter');
	await answer(who, 'referral', 'outpatient');
	await who.page.keyboard.press('Enter');
	await answer(who, 'answer', 'accepted');
	await answer(who, 'raised', 'no');
	await answer(who, 'ended', 'agreed');
	await until('the words have the focus', () => who.page.evaluate(() => document.activeElement?.matches('#note textarea')));
	await who.page.keyboard.type(text);
}

journey('promise: a contact is closed by keyboard alone in under a minute, text in view, and then everything is wiped', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('words of the visitor');
	assert.ok(await remembers(counsellor.page, 'words of the visitor', true), 'the look into memory sees what is there');
	await counsellor.page.bringToFront(); // Firefox presses buttons by key only in the window in front
	await chord(counsellor, 'Alt', 'KeyN');
	await counsellor.toSee('#note');
	assert.ok(await counsellor.sees('#middle [role=log] .said'), 'the conversation stands beside the note');
	assert.ok(await counsellor.sees('[data-ask=suicide].asks-open') && await counsellor.sees('[data-ask=child].asks-open'), 'what was not asked yet is in view');
	await answer(counsellor, 'return', 'first');
	await counsellor.page.keyboard.press('Escape');
	assert.ok(await counsellor.page.evaluate(() => document.activeElement?.id === 'say'), 'Escape leads back to the message box');
	await counsellor.tell('the conversation goes on');
	assert.deepEqual(await faults(counsellor.page), [], 'axe on the desk with its note');
	await chord(counsellor, 'Alt', 'KeyX');
	await until('the answer "end it" has the focus', () => counsellor.page.evaluate(() => document.activeElement?.id === 'close-yes'));
	await counsellor.page.keyboard.press('Enter');
	await counsellor.toEnd();
	assert.equal(await chosen(counsellor, 'return'), words('note.c.return.first'));
	assert.equal(await chosen(counsellor, 'door'), words('note.c.door.self'), 'what the page knows is filled in');
	await until('the first open question has the focus', () => counsellor.page.evaluate(() => !!document.activeElement?.closest('#note [data-question=concern]')));
	assert.ok(await counsellor.sees('#middle [role=log] .said'), 'the text is still in view');

	const began = performance.now();
	await counsellor.page.keyboard.press('Backspace');
	await close(counsellor, 'Sleeps badly, ashamed. Marked words of this note.');
	assert.ok(await counsellor.sees('[data-ask=suicide].asks-done'));
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead(words('desk.js.saved'));
	const seconds = (performance.now() - began) / 1000;
	assert.ok(seconds < 60, `closing took ${seconds} s`);
	await counsellor.toRead('No conversation is open');
	const left = await everything(counsellor);
	for (const gone of ['words of the visitor', 'the conversation goes on', 'Marked words']) {
		assert.ok(!left.includes(gone), `the page still holds "${gone}"`);
		// A draft that was on its way is held until its answer comes.
		await until(`the page's memory no longer holds "${gone}"`, async () => !(await remembers(counsellor.page, gone, false)));
		const { found, searched } = await e.line.holds(gone);
		assert.deepEqual(found, [], `the operator finds "${gone}"`);
		assert.ok(searched > 5, `only ${searched} files were searched`);
	}
}, { staffOnly: true });

journey('a note is sealed while it is typed, survives a reload, and warns of a name quietly', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('hello');
	await chord(counsellor, 'Alt', 'KeyN');
	await counsellor.page.focus('#note textarea');
	await watch(counsellor);
	await counsellor.page.keyboard.type('Lives with Anna de Vries, Kerkstraat 12, call 06 1234 5678.');
	const hint = () => counsellor.page.evaluate(() => document.querySelector('#note [data-hint]')?.textContent ?? '');
	for (const piece of ['Anna', 'Kerkstraat 12', '06 1234 5678']) assert.ok((await hint()).includes(piece), `${piece} is named in: ${await hint()}`);
	await toBe(counsellor, 'sealed');
	assert.equal((await watched(counsellor))[0], 'unsealed', 'what is not sealed yet says so');
	await counsellor.reload();
	await until('the draft is back', async () => (await typed(counsellor)).startsWith('Lives with'));
	await counsellor.toSee('#say');
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type(' More.');
	await toBe(counsellor, 'sealed');
	await chord(counsellor, 'Alt', 'KeyW');
	await counsellor.toRead(words('note.leave.title'));
	await counsellor.page.keyboard.press('Enter'); // the safe choice has the focus
	assert.ok(await counsellor.sees('#note textarea'));
	await chord(counsellor, 'Alt', 'KeyW');
	await counsellor.press('#unsaved-wipe');
	await counsellor.toRead('No conversation is open');
	assert.ok(!(await everything(counsellor)).includes('Lives with'));

	await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	await counsellor.follow('a[href^="/closing/"]');
	await until('the unfinished note is back', async () => (await typed(counsellor)).endsWith('More.'));
	assert.deepEqual(await faults(counsellor.page), [], 'axe on the page of an unfinished note');
	await counsellor.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(counsellor.page), []);
	await counsellor.page.click('[data-question=ended] [data-turn]');
	await counsellor.page.keyboard.press('Delete');
	await chord(counsellor, 'Control', 'Enter');
	await toBe(counsellor, 'fault'); // no note without how it ended
	await until('the question has the focus', () => counsellor.page.evaluate(() => !!document.activeElement?.closest('[data-question=ended]')));
	const key = await counsellor.page.evaluate(() => document.querySelector('[data-question=ended] input[value=visitor]')?.getAttribute('data-key') ?? '');
	await counsellor.page.keyboard.press(/** @type {import('puppeteer-core').KeyInput} */ (key));
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toSee('#notes');
	assert.ok(!(await counsellor.sees('a[href^="/closing/"]')), 'nothing is left unfinished');
}, { staffOnly: true });

journey('a note opens again for its author and for a supervisor, and for no colleague', async (e) => {
	const { counsellor, visitor } = await together(e);
	const supervisor = await e.supervisor();
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('Only for those who may.');
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead(words('desk.js.saved'));
	await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	await until('the note and its countdown', async () => /(89|90) more days/.test(await counsellor.text()));
	assert.deepEqual(await faults(counsellor.page), [], 'axe on the list of notes');
	await counsellor.follow('#notes a');
	await counsellor.toRead('Only for those who may.');
	await counsellor.toRead(words('note.js.unanswered'));
	assert.deepEqual(await faults(counsellor.page), [], 'axe on a note');
	await counsellor.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(counsellor.page), []);
	const path = new URL(counsellor.page.url()).pathname;
	await counsellor.follow('#revise');
	await counsellor.page.focus('textarea');
	await counsellor.page.keyboard.down('Control');
	await counsellor.page.keyboard.press('End');
	await counsellor.page.keyboard.up('Control');
	await counsellor.page.keyboard.type(' Changed.');
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead('Only for those who may. Changed.');
	await counsellor.toRead(words('notes.revised'));

	await supervisor.page.goto(`${e.line.staff('supervisor')}/notes`);
	await supervisor.follow('#notes a');
	await supervisor.toRead(words('opening.reason'));
	assert.ok(!(await supervisor.text()).includes('those who may'), 'first a reason');
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the page that asks why');
	await supervisor.press('input[value=quality]');
	await supervisor.follow('form[data-once] button[type=submit]');
	await supervisor.toRead('Only for those who may. Changed.');
	assert.ok(!(await supervisor.sees('#revise')), 'a supervisor reads and does not change');
	await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	await counsellor.toRead('Opened by');
	await counsellor.toRead('Reason: quality.');

	await supervisor.page.goto(`${e.line.staff('supervisor')}/people`);
	await supervisor.page.focus('#name');
	await supervisor.page.keyboard.type('Noor Bakker');
	await supervisor.follow('form[action="/people"] button[type=submit]');
	const link = await supervisor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');
	const machine = await e.machine();
	const colleague = new Counsellor(e, await e.page(machine), machine);
	await colleague.page.goto(link);
	await colleague.press('input[name=written]');
	await colleague.follow('button[name=do][value=join]', STRETCHED);
	await colleague.toSee('#on');
	await colleague.page.goto(new URL(path, colleague.page.url()).href);
	await colleague.toRead(words('staff.trouble.note'));
	assert.ok(!(await everything(colleague)).includes('those who may'));

	// Whose keys a new colleague has is said over the telephone.
	await colleague.page.goto(new URL('/words', colleague.page.url()).href);
	const own = await colleague.page.evaluate(() => document.querySelector('#six')?.textContent ?? '');
	assert.equal(own.split(' ').length, 6);
	await supervisor.page.goto(`${e.line.staff('supervisor')}/people`);
	await supervisor.follow('a[href$="/words"].button');
	assert.equal(await supervisor.page.evaluate(() => document.querySelector('#six')?.textContent), own);
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the page of six words');
	await supervisor.press('input[name=heard]');
	await supervisor.follow('form[data-once] button[type=submit]');
	await supervisor.toRead(words('people.vouched', { name: 'Noor Bakker' }));
}, { staffOnly: true });

journey('a login that ends in the middle of a note loses nothing: another tab logs in and the page goes on', async (e) => {
	const { counsellor, visitor } = await together(e);
	await visitor.tell('still here');
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('Typed before the login ended.');
	await toBe(counsellor, 'sealed');
	const host = new URL(e.line.staff('counsellor')).hostname;
	const cookie = (await counsellor.machine.cookies()).find((c) => c.name === '__Host-login' && c.domain === host);
	assert.ok(cookie);
	await counsellor.machine.setCookie({ ...cookie, value: 'a'.repeat(43) }); // as after the last minute of a shift
	await counsellor.page.keyboard.type(' Typed after.');
	await counsellor.toRead(words('note.gone.login'));
	await toBe(counsellor, 'login');
	assert.ok((await typed(counsellor)).endsWith('Typed after.'));
	assert.deepEqual(await counsellor.texts(), ['still here'], 'the text is still in view');

	const tab = new Counsellor(e, await e.page(counsellor.machine), counsellor.machine);
	await tab.login();
	await counsellor.page.bringToFront();
	await counsellor.notToSee('#login-gone');
	await toBe(counsellor, 'sealed');
	const key = await counsellor.page.evaluate(() => document.querySelector('#note [data-question=ended] input:checked')?.getAttribute('value'));
	assert.equal(key, 'visitor', 'how it ended was filled in');
	await counsellor.page.focus('#note textarea');
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead(words('desk.js.saved'));
}, { staffOnly: true });

journey('a server that restarted asks to unlock, and saves what stands there', async (e) => {
	const { counsellor, visitor } = await together(e);
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('Written over a restart.');
	await toBe(counsellor, 'sealed');
	await e.line.kill();
	await counsellor.page.keyboard.type(' And on.');
	await toBe(counsellor, 'network');
	await e.line.restart();
	await counsellor.toSee('#unlock');
	assert.deepEqual(await faults(counsellor.page), [], 'axe on the question for the passphrase');
	await counsellor.press('[data-unlock-back]');
	assert.ok((await everything(counsellor)).includes('Written over a restart. And on.'), 'nothing is lost by saying: not now');
	await counsellor.page.focus('#note textarea');
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toSee('#unlock');
	await counsellor.press('#unlock button[type=submit]');
	await counsellor.toRead(words('desk.js.saved'));
}, { staffOnly: true });

journey('of two windows that close one contact the second is told, and loses nothing', async (e) => {
	const { counsellor, visitor } = await together(e);
	await visitor.tell('said once');
	const second = new Counsellor(e, await e.page(counsellor.machine), counsellor.machine);
	await second.page.goto(counsellor.page.url());
	await second.toGet('said once');
	await visitor.end();
	await second.toEnd();
	await second.page.focus('#note textarea');
	await second.page.keyboard.type('From the second window.');
	await toBe(second, 'sealed');
	await counsellor.page.bringToFront();
	await until('the first window knows the end, or has been taken over', async () => await counsellor.sees('#middle [data-over]') || await counsellor.sees('#middle [data-taken]'));
	await chord(counsellor, 'Alt', 'KeyN');
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('From the first window.');
	if (!(await chosen(counsellor, 'ended') ?? '').includes('visitor')) {
		await counsellor.page.click('#note [data-question=ended] [data-turn]');
		await answer(counsellor, 'ended', 'visitor');
		await counsellor.page.focus('#note textarea');
	}
	await chord(counsellor, 'Control', 'Enter');
	await counsellor.toRead(words('desk.js.saved'));
	await second.page.bringToFront();
	await toBe(second, 'taken');
	await second.toRead(words('note.taken'));
	await chord(second, 'Control', 'Enter');
	await never('the second window forgets its words', async () => !(await everything(second)).includes('From the second window.'), 800);
}, { staffOnly: true });
