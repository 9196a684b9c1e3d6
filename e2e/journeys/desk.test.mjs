// The desk: joining by invitation, several conversations at once, hidden
// addresses, the fifteen minutes after the end, and logging out.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { journey } from '../lib/journey.mjs';
import { remembers } from '../lib/memory.mjs';
import { Counsellor, together } from '../lib/people.mjs';
import { never, STRETCHED, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */

/** Somebody the supervisor invites, who joins with the six words on offer. @param {Evening} e @param {string} name @param {number} chats */
async function invited(e, name, chats) {
	const supervisor = await e.supervisor();
	await supervisor.page.goto(`${new URL(supervisor.page.url()).origin}/people`);
	await supervisor.page.focus('#name');
	await supervisor.page.keyboard.type(name);
	await supervisor.page.select('#chats', String(chats));
	await supervisor.follow('form[action="/people"] button[type=submit]');
	const link = await supervisor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');
	assert.match(link, /\/join\/[\w-]{22}$/);

	const machine = await e.machine();
	const who = new Counsellor(e, await e.page(machine), machine);
	await who.page.goto(link);
	assert.deepEqual(await faults(who.page), [], 'axe on the invitation');
	const words = await who.page.evaluate(() => document.querySelector('.six')?.textContent ?? '');
	await who.press('input[name=written]');
	await who.follow('button[name=do][value=join]', STRETCHED);
	await who.toSee('#on');
	return { who, supervisor, words, link };
}

/** @param {Counsellor} who @param {string} letter */
async function alt(who, letter) {
	await who.page.keyboard.down('Alt');
	await who.page.keyboard.press(/** @type {import('puppeteer-core').KeyInput} */ (`Key${letter}`));
	await who.page.keyboard.up('Alt');
}

journey('an invitation works once, and its words open the desk again', async (e) => {
	const { who, words, link } = await invited(e, 'Noor Bakker', 1);
	assert.equal(words.split(' ').length, 6);
	await who.follow('[data-logout] button');
	await who.toRead('You are logged out');
	await who.page.goto(link);
	await who.toRead('This invitation does not work any more');
	await who.page.goto(`${new URL(link).origin}/login`);
	await who.page.focus('#name');
	await who.page.keyboard.type('noor BAKKER');
	await who.page.focus('#passphrase');
	await who.page.keyboard.type('none of these words');
	await who.follow('form[action="/login"] button', STRETCHED);
	await who.toRead('The name or the passphrase is not right');
	await who.page.focus('#passphrase');
	await who.page.keyboard.type(words);
	await who.follow('form[action="/login"] button', STRETCHED);
	await who.toSee('#on');
	await who.page.goto(`${new URL(link).origin}/board`);
	await who.toRead('This page is not for your role');
}, { staffOnly: true });

journey('a counsellor keeps two conversations apart, and sees which one has news', async (e) => {
	const { who, supervisor } = await invited(e, 'Mo Visser', 2);
	await who.onDuty();
	const first = await e.visitor();
	await first.arrive('self');
	await who.next();
	await first.ready();
	await who.accept();
	await first.tell('first begins');
	const second = await e.visitor();
	await second.arrive('relative');
	await who.next();
	await second.ready();
	await who.toSee('#accept');
	await alt(who, 'A');
	await until('the second conversation is in view', async () => (await who.texts()).length === 0 && (await who.sees('#say')));
	await second.tell('second begins');
	assert.deepEqual(await who.texts(), ['second begins'], 'only the words of the conversation in view');
	await first.say('first goes on');
	await until('the first conversation has one new message', () =>
		who.page.evaluate(() => document.querySelector('#mine li:first-child .unread:not([hidden])')?.textContent?.includes('1')));
	await never('a message that is not on the screen counts as delivered', async () =>
		(await first.messages()).some((m) => m.text === 'first goes on' && m.state === 'delivered'), 800);
	await who.type('half a sentence');
	await alt(who, 'K');
	await who.toGet('first goes on');
	await first.toKnow('first goes on', 'delivered');
	await who.tell('an answer for the first');
	await alt(who, 'J');
	assert.equal(await who.unsent(), 'half a sentence', 'the draft stayed with its conversation');
	assert.ok(!(await second.texts()).includes('an answer for the first'));
	await who.next();
	await who.toRead('You have as many conversations as you can');
	await supervisor.page.goto(`${new URL(supervisor.page.url()).origin}/board`);
	await until('the board counts two conversations', () => supervisor.page.evaluate(() => document.querySelector('#talking')?.textContent === '2'));
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the board');
	await who.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(who.page), []);
	assert.deepEqual(await faults(who.page), [], 'axe on the desk, 320 px');
}, { staffOnly: true });

journey('an address a visitor types is hidden until it is shown on purpose, and is never a link', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('it is at http://somewhere.example/abc and I am afraid');
	await until('the rest of the message is there', async () => (await counsellor.texts()).some((t) => t.includes('and I am afraid')));
	const shown = () => counsellor.page.evaluate(() => document.documentElement.outerHTML.includes('somewhere.example'));
	assert.equal(await shown(), false);
	await counsellor.press('.veiled');
	await counsellor.toRead('Do not open it and do not copy it');
	await counsellor.page.bringToFront(); // Firefox presses buttons by key only in the window in front
	await counsellor.page.keyboard.press('Enter'); // the safe choice has the focus
	await counsellor.notToSee('#unveil-show');
	assert.equal(await shown(), false);
	await counsellor.press('.veiled');
	await counsellor.press('#unveil-show');
	await counsellor.toRead('http://somewhere.example/abc');
	assert.equal(await counsellor.page.evaluate(() => document.querySelectorAll('[role=log] a').length), 0);
});

journey('promise: after the end the words stay for fifteen minutes at most, and "wipe now" leaves none', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('words that must not stay');
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.toRead('The visitor has ended the conversation');
	await until('the countdown runs', async () => /stays here for 1[45]:\d\d/.test(await counsellor.text()));
	assert.ok((await counsellor.texts()).includes('words that must not stay'), 'the text is still in view');
	await alt(counsellor, 'W');
	await counsellor.toRead('No conversation is open');
	const left = await counsellor.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
	assert.ok(!left.includes('words that must not stay'));
});

journey('logging out in one window wipes and closes the other within seconds', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('said before logging out');
	const other = new Counsellor(e, await e.page(counsellor.machine), counsellor.machine);
	await other.page.goto(counsellor.page.url());
	await other.toGet('said before logging out');
	await counsellor.page.bringToFront();
	await counsellor.follow('[data-logout] button');
	await counsellor.toRead('You are logged out');
	await other.page.bringToFront();
	await other.toRead('You are logged out', 10_000);
	assert.ok(!(await other.page.content()).includes('said before logging out'));
}, { staffOnly: true });

journey('after the end the words can be kept once for fifteen minutes more, and no longer', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('words that must not stay');
	await visitor.end();
	await counsellor.toEnd();
	/** Sets the page's clock ahead, with somebody there: else the screen locks. @param {number} minutes */
	const ahead = (minutes) => counsellor.page.evaluate((m) => {
		const now = Date.now.bind(Date);
		Date.now = () => now() + m * 60_000;
		dispatchEvent(new Event('pointermove'));
	}, minutes);
	await until('the countdown runs', async () => /stays here for 1[45]:\d\d/.test(await counsellor.text()));
	await counsellor.page.bringToFront(); // Firefox presses buttons by key only in the window in front
	await counsellor.page.focus('#middle [data-longer]');
	await counsellor.page.keyboard.press('Enter');
	await until('the countdown has 15 minutes more', async () => /stays here for (29|30):\d\d/.test(await counsellor.text()));
	assert.ok(!(await counsellor.sees('#middle [data-longer]')), 'there is no second time');
	await ahead(16);
	await until('a quarter of an hour has gone', async () => /stays here for 1[34]:\d\d/.test(await counsellor.text()));
	assert.deepEqual(await counsellor.texts(), ['words that must not stay']);
	await ahead(15);
	await counsellor.toRead('The conversation has been wiped');
	assert.ok(!(await counsellor.page.evaluate(() => document.documentElement.outerHTML)).includes('words that must not stay'));
}, { staffOnly: true });

journey('without being asked the words go after fifteen minutes by themselves, and leave a note that is being written', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('words that must not stay');
	await visitor.end();
	await counsellor.toEnd();
	await counsellor.page.bringToFront();
	await counsellor.page.focus('#note textarea');
	await counsellor.page.keyboard.type('The note goes on.');
	assert.ok(await remembers(counsellor.page, 'words that must not stay', true), 'the look into memory sees what is there');
	await counsellor.page.evaluate(() => {
		const now = Date.now.bind(Date);
		Date.now = () => now() + 15 * 60_000;
		dispatchEvent(new Event('pointermove')); // somebody is there: else the screen locks
	});
	await counsellor.toRead(words('desk.js.over.wordless'));
	assert.ok(!(await counsellor.page.evaluate(() => document.documentElement.outerHTML)).includes('words that must not stay'));
	await until('the memory of the page no longer holds the words', async () => !(await remembers(counsellor.page, 'words that must not stay', false)));
	assert.equal(await counsellor.page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('#note textarea')).value), 'The note goes on.');
	assert.ok(!(await counsellor.sees('#middle [data-longer]')), 'what is gone cannot be kept longer');
}, { staffOnly: true });

journey('a board that was on its way when duty or the next visitor was pressed takes no press back', async (e) => {
	const counsellor = await e.counsellor();
	const { page } = counsellor;
	await page.evaluateOnNewDocument(() => {
		/** @type {string[]} */ const seen = [];
		const late = { seen, boards: 0, again: 0 };
		Reflect.set(window, 'late', late);
		// The last board comes once more after whatever is pressed: it knows nothing of that.
		globalThis.WebSocket = class extends WebSocket {
			/** @type {MessageEvent | undefined} */ last;
			/** @param {string | URL} url */
			constructor(url) {
				super(url);
				this.addEventListener('message', (m) => {
					if (JSON.parse(m.data).k !== 'board') return;
					this.last = m;
					late.boards++;
				});
			}

			/** @param {string} data */
			send(data) {
				super.send(data);
				const { last } = this;
				if (last && ['duty', 'next'].includes(JSON.parse(data).k)) {
					setTimeout(() => {
						this.onmessage?.(last);
						late.again++;
					});
				}
			}
		};
		new MutationObserver((all) => {
			for (const { target } of all) if (target instanceof Element) seen.push(`${target.id} ${target.getAttribute('aria-pressed')}`);
		}).observe(document, { subtree: true, attributes: true, attributeFilter: ['aria-pressed'] });
	});
	await counsellor.reload();
	const late = () => page.evaluate(() => Reflect.get(window, 'late'));
	await until('a board has come', async () => (await late()).boards > 0);
	for (const [n, id] of ['on', 'next'].entries()) {
		await counsellor.press(`#${id}`);
		await until('the board comes once more', async () => (await late()).again > n);
		await counsellor.toSee(`#${id}[aria-pressed=true]`);
		/** @type {string[]} */ const seen = (await late()).seen;
		const pressed = seen.indexOf(`${id} true`);
		assert.ok(pressed >= 0 && !seen.slice(pressed).includes(`${id} false`), `the press of #${id} was taken back: ${seen}`);
	}
}, { staffOnly: true });
