// Closed, full or slow: what happens to who waits, and whose clock a page shows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { faults, tooWide } from '../lib/axe.mjs';
import { name, picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Visitor } from '../lib/people.mjs';
import { program } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */

/** Somebody whose browser runs no scripts. @param {Evening} e */
async function plain(e) {
	const machine = await e.machine();
	const who = new Visitor(e, await e.page(machine), machine);
	if (name === 'chromium') await who.page.setJavaScriptEnabled(false); // Firefox cannot be told so by a driver; the page is the same
	return who;
}

/** Sets the line by hand, on the board. @param {import('../lib/people.mjs').Supervisor} who @param {string} word @param {string} reason */
async function setLine(who, word, reason) {
	await who.page.goto(`${new URL(who.page.url()).origin}/board`);
	await who.press('#line-now summary');
	await who.press(`#line-now input[value=${word}]`);
	await who.page.select('#reason', reason);
	await who.follow('#line-now form[action="/board/line"] button');
}

journey('promise: the line closes while somebody waits, and no word is lost', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await visitor.arrive('relative');
	const words = 'I found something out,\nand I do not know what to do.';
	await visitor.page.focus('#early');
	await visitor.page.keyboard.type(words.replace('\n', ' '));
	assert.deepEqual(await faults(visitor.page), [], 'axe on the wait');
	await picture(visitor.page, 'hours-wait');

	const supervisor = await e.supervisor();
	// The page was made before: it is told what changes, and the words stay in their box.
	await setLine(supervisor, 'pause', 'rest');
	await visitor.toRead('We take nobody new for a while. You keep your place.');
	assert.deepEqual(await faults(visitor.page), [], 'axe on a wait that was told');
	await picture(visitor.page, 'hours-told');
	await supervisor.follow('#line-now form[action="/board/line/back"] button');
	await until('the pause is over on the page', () => visitor.page.$eval('#told', (n) => /** @type {HTMLElement} */ (n).hidden));
	await setLine(supervisor, 'close', 'ill');
	await supervisor.toRead('Closed early by hand.');
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the board');
	await picture(supervisor.page, 'hours-board');

	await visitor.toSee('#after');
	await visitor.toRead('We have closed now');
	assert.equal(await visitor.page.$eval('#leftwords', (n) => /** @type {HTMLTextAreaElement} */ (n).value), words.replace('\n', ' '), 'the words stand on the page');
	assert.deepEqual(await faults(visitor.page), [], 'axe after the end');
	assert.deepEqual(await tooWide(visitor.page), [], 'too wide');
	await picture(visitor.page, 'hours-after');
	await visitor.follow('#after form[action$="/write"] button');
	await until('the words stand in the form of a message', async () => (await visitor.page.$$eval('main textarea', (all) => all.map((n) => /** @type {HTMLTextAreaElement} */ (n).value))).includes(words.replace('\n', ' ')));

	const late = await plain(e);
	await late.open();
	await late.toRead('We had to close early.');
	await picture(late.page, 'hours-front');
	await Promise.all([late.page.waitForNavigation({ waitUntil: 'domcontentloaded' }), late.page.click('a[data-step]')]);
	assert.equal(new URL(late.page.url()).pathname, '/en/write');

	await supervisor.follow('#line-now form[action="/board/line/back"] button');
	await setLine(supervisor, 'first', 'crowd');
	await late.open('nl');
	await late.toRead('Met schrijven bereik je ons vandaag het zekerst.');
	await late.toSee('button[name=door][value=self]');
	await picture(late.page, 'hours-first');
	const seeing = await e.visitor();
	await seeing.open();
	assert.deepEqual(await faults(seeing.page), [], 'axe on messages first');
	await supervisor.follow('#line-now form[action="/board/line/back"] button');
	await setLine(supervisor, 'pause', 'rest');
	await seeing.open();
	await seeing.toRead('Nobody new can start a chat for a while.');
	assert.deepEqual(await faults(seeing.page), [], 'axe on a paused line');
});

journey('a page shows the clock of the line, and with scripts that of the device', async (e) => {
	const line = /** @type {import('../lib/line.mjs').Line} */ (e.line);
	await line.stop();
	// An opening that is hours away, whenever this is walked: half an hour before it, and in it, the page says something else.
	const now = Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', hour: '2-digit', hourCycle: 'h23' }).format());
	const hour = now < 9 || now > 12 ? 12 : 18;
	const written = spawnSync(program, ['rota', 'hours', `mon-sun ${hour}:00-${hour}:31`, '--config', line.config], { encoding: 'utf8' });
	assert.equal(written.status, 0, written.stderr);
	await line.restart();
	const visitor = await e.visitor();
	await visitor.page.emulateTimezone('Asia/Tokyo');
	await visitor.open();
	await visitor.toRead('This is the clock of your own device.');
	const shown = await visitor.page.$eval('time', (n) => n.textContent ?? '');
	const there = [7, 8].map((later) => `${String((hour + later) % 24).padStart(2, '0')}:00`);
	assert.ok(there.some((time) => shown.includes(time)), `${hour}:00 in Amsterdam is seven hours later in Tokyo, or eight in winter: ${shown}`);
	assert.deepEqual(await faults(visitor.page), [], 'axe on a closed line');
	await picture(visitor.page, 'hours-clock');
	const late = await plain(e);
	await late.open();
	await late.toRead('The clock is that of Amsterdam.');
	await late.toRead(`${hour}:00`);
}, { earnest: true, staffOnly: true });
