// Letters at the desk: claimed by one of two, answered, read with the code; a
// complaint for those it is for; a card for the next time.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { journey } from '../lib/journey.mjs';
import { picture } from '../lib/browser.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */

/** @param {Page} page @param {string} selector @param {string} text */
async function fill(page, selector, text) {
	await page.waitForSelector(selector, { visible: true });
	await page.$eval(selector, (n, t) => { /** @type {HTMLTextAreaElement} */ (n).value = t; }, text);
}

/** What sends a visitor's form; the word before what shows who somebody is has a button of its own. */
const sends = 'main form > p > [type=submit]';

/** Presses what leads to another page. @param {Page} page @param {string} selector */
async function press(page, selector) {
	await page.waitForSelector(selector, { visible: true });
	await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** @param {Page} page */
const text = (page) => page.evaluate(() => document.body.innerText);

/** Leaves a message and gives its code. @param {Evening} e @param {string} words @param {boolean} urgent */
async function leave(e, words, urgent) {
	const { page } = await e.visitor();
	await page.goto(`${e.line.visitor}/en/write?door=1`);
	await fill(page, 'textarea[name=text]', words);
	if (urgent) await page.click('input[name=urgent]');
	await press(page, sends);
	const code = await until('the code is shown', () => page.evaluate(() => (document.body.innerText.match(/(?:[a-z]{5}[-\s]+){5}[a-z]{5}/i) ?? [''])[0]));
	return code.replace(/\s+/g, '-');
}

/** Reads a thread with its code. @param {Evening} e @param {string} code */
async function comeBack(e, code) {
	const { page } = await e.visitor();
	await page.goto(`${e.line.visitor}/en/back`);
	await page.type('#typed', code);
	await press(page, sends);
	return page;
}

journey('A message that somebody may be hurt is heard at the desk, taken by one of two, and answered', async (e) => {
	const counsellor = await e.counsellor();
	const page = counsellor.page;
	const supervisor = await e.supervisor();
	const code = await leave(e, 'I am afraid of myself tonight. See https://away.example/x', true);
	await page.waitForSelector('#urgent[role=alert]', { timeout: 25_000 });
	assert.equal(await page.$eval('[data-count=inbox]', (n) => n.textContent), '1');

	await page.goto(new URL('/inbox', page.url()).href);
	await supervisor.page.goto(new URL('/inbox', supervisor.page.url()).href);
	assert.match(await text(page), /Somebody may be hurt soon/);
	for (const wide of [1280, 390]) {
		await page.setViewport({ width: wide, height: 844 });
		assert.deepEqual(await faults(page), []);
		assert.deepEqual(await tooWide(page), []);
		await picture(page, `letters-list-${wide}`);
	}
	await press(page, '[data-thread] form button');
	assert.match(await text(page), /I am afraid of myself tonight/);
	assert.doesNotMatch(await text(page), /away\.example/);
	await press(supervisor.page, '[data-thread] form button');
	assert.match(await text(supervisor.page), /A colleague was faster/);

	await fill(page, 'textarea[name=text]', 'You are not alone with this. Call us tonight.');
	await page.click('[data-answer] details:nth-of-type(2) summary');
	await fill(page, 'input[name=search]', 'a');
	for (const wide of [1280, 390]) {
		await page.setViewport({ width: wide, height: 844 });
		assert.deepEqual(await faults(page), []);
		assert.deepEqual(await tooWide(page), []);
		await picture(page, `letters-one-${wide}`);
	}
	await press(page, 'button[name=do][value=find]');
	await press(page, '.found-cards button');
	assert.equal(await page.$eval('textarea[name=text]', (n) => /** @type {HTMLTextAreaElement} */ (n).value), 'You are not alone with this. Call us tonight.');
	await press(page, '[data-send]');
	assert.match(await text(page), /The answer is sealed/);

	const mine = await comeBack(e, code);
	assert.match(await text(mine), /You are not alone with this/);
	await press(page, 'form[action$="/close"] button');
	assert.match(page.url(), /\/closing\//);
	assert.equal(await page.$eval('input[name="q.channel"][value=inbox]', (n) => /** @type {HTMLInputElement} */ (n).checked), true);
}, { staffOnly: true });

journey('A complaint from the conversation is read by those it is for, and never by whom it is about', async (e) => {
	const { visitor, counsellor } = await together(e);
	await counsellor.say('Where do you live?');
	await visitor.toRead('Where do you live?');
	await visitor.tell('I would rather not say.'); // only what has its place and its seal can go along
	const page = visitor.page;
	await page.click('#talking [data-end]');
	await page.waitForSelector('#end [data-wrong]', { visible: true });
	await page.click('#end [data-wrong]');
	await fill(page, '#wrongbox', 'I was asked where I live.');
	await page.click('#wrongalong');
	assert.deepEqual(await faults(page), []);
	await picture(page, 'letters-wrong');
	await page.click('#wrong [type=submit]');
	const code = await until('the code is shown', () => page.evaluate(() => document.querySelector('#wrong .returncode')?.textContent ?? ''));
	await picture(page, 'letters-wrongcode');

	await counsellor.page.goto(new URL('/wrong', counsellor.page.url()).href);
	assert.match(await text(counsellor.page), /You are not one of them/);
	const supervisor = await e.supervisor();
	await supervisor.page.goto(new URL('/wrong', supervisor.page.url()).href);
	await press(supervisor.page, '[data-thread] form button');
	const read = await text(supervisor.page);
	for (const words of ['I was asked where I live.', 'Where do you live?', 'I would rather not say.']) assert.ok(read.includes(words), words);
	await picture(supervisor.page, 'letters-complaint');
	await fill(supervisor.page, 'textarea[name=text]', 'That should not have happened.');
	await press(supervisor.page, '[data-send]');
	assert.match(await text(await comeBack(e, code)), /That should not have happened/);
}, { staffOnly: true });

journey('A card is agreed, kept behind a code, shown to the counsellor of the next time, and the third time a supervisor is asked for a word', async (e) => {
	const { visitor, counsellor } = await together(e);
	const desk = counsellor.page;
	await desk.keyboard.down('Alt');
	await desk.keyboard.press('KeyC');
	await desk.keyboard.up('Alt');
	await until('the card has the focus', () => desk.evaluate(() => document.activeElement?.matches('[data-keep] textarea')));
	await desk.keyboard.type('We talked about sleep. Calling Jo on bad nights.');
	await picture(desk, 'letters-card-desk');
	await desk.keyboard.down('Control');
	await desk.keyboard.press('Enter');
	await desk.keyboard.up('Control');
	const page = visitor.page;
	await page.waitForFunction(() => document.querySelector('.slip .row:not(.copier) .button'));
	assert.match(await text(page), /We talked about sleep\. Calling Jo on bad nights\./);
	await page.setViewport({ width: 390, height: 844 });
	assert.deepEqual(await faults(page), []);
	await picture(page, 'letters-card');
	await page.click('.slip .row:not(.copier) .button');
	const code = await until('the code is shown', () => page.evaluate(() => document.querySelector('.returncode')?.textContent ?? ''));
	await picture(page, 'letters-card-code');
	await page.click('.slip .warn > .button');
	await until('the note belongs to the code', () => desk.evaluate(() => /** @type {HTMLInputElement} */ (document.querySelector('#middle [data-note] input[name=thread]')).value !== ''));
	await counsellor.end();
	await visitor.toEnd();

	// Another day, another page: the code shows the card.
	/** @param {string} name */
	const comes = async (name) => {
		await counsellor.press('#wipe'); // the end comes to the desk when it comes
		await until('the desk is free', () => desk.evaluate(() => !document.querySelector('#middle .talk')));
		const again = await e.visitor();
		await again.arrive();
		// The script of the form comes late: what was pressed before counts all the same.
		/** @type {import('puppeteer-core').HTTPRequest[]} */ const held = [];
		let pressed = false;
		again.page.on('request', (r) => void (r.url().includes('kept') && !pressed ? held.push(r) : r.continue()));
		await again.page.setRequestInterception(true);
		await again.page.click('#known summary');
		await again.page.type('#knowncode', code.toUpperCase().replaceAll('-', ' '));
		await again.page.click('#knownsame');
		await again.page.click('#known button');
		await until('the script is asked for', () => held.length > 0);
		pressed = true;
		await Promise.all(held.map((r) => r.continue()));
		await again.toRead('Calling Jo on bad nights.');
		await again.toRead('We try to let you talk with the person you agreed it with');
		await picture(again.page, `letters-known-${name}`);
		await counsellor.next();
		await again.ready();
		await counsellor.accept();
		await again.toTalk();
		await counsellor.toRead('Calling Jo on bad nights.');
		await picture(desk, `letters-card-shown-${name}`);
		return again;
	};
	const second = await comes('second');
	const supervisor = await e.supervisor();
	const board = supervisor.page;
	const boardAt = new URL('/board', board.url()).href;
	await board.goto(boardAt);
	assert.equal(await board.$('#nods'), null, 'twice is not often');
	await counsellor.end();
	await second.toEnd();

	// The third time one counsellor meets the same code a supervisor is asked for a
	// word with them. The conversation goes on meanwhile.
	const third = await comes('third');
	await until('a word is asked for', async () => {
		await board.goto(boardAt);
		return board.$('#nods form');
	});
	assert.ok((await text(board)).includes(words('nod.row', { alias: 'Robin' })), 'it names the counsellor');
	assert.ok(!(await board.content()).includes('bad nights'), 'and nothing of what was said');
	for (const wide of [1280, 390]) {
		await board.setViewport({ width: wide, height: 844 });
		assert.deepEqual(await faults(board), []);
		assert.deepEqual(await tooWide(board), []);
		await picture(board, `letters-nod-${wide}`);
	}
	const own = await e.page(counsellor.machine);
	// A page that comes while the machine is busy comes without what stands above it.
	await until('the counsellor is told', async () => {
		await own.goto(new URL('/inbox', desk.url()).href);
		return (await text(own)).includes(words('nod.alert.own'));
	});
	await own.close();
	await third.tell('I slept better.');
	await counsellor.toGet('I slept better.');
	await press(board, '#nods form button');
	assert.equal(await board.$('#nods'), null, 'the word is given');
}, { staffOnly: true });
