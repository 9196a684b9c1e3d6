// Two text browsers, over TLS of the line's own: an evening by keys alone, from
// the first page to the way out; and a letter that is left, answered and read.
// They are the same whichever browser the counsellor has.
import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { opened } from '../lib/opened.mjs';
import { Lynx, W3m } from '../lib/terminal.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/people.mjs').Counsellor} Counsellor */
/** @typedef {(address: string) => Promise<Lynx | W3m>} Open */

/** Capitals as the styles make them, which text browsers do not know. @param {string} door */
const about = (door) => words(`door.${door}`);

/** Loads the page by its button until it shows a text. @param {Lynx | W3m} t @param {string} text */
async function look(t, text) {
	await until(`the page, loaded again, shows "${text}"`, async () => {
		await t.press(words('bare.look'));
		await t.toRead(words('bare.look.hint'));
		const now = await t.text();
		if (now.includes(text)) return true;
		throw new Error(`it shows: ${now}`);
	}, 60_000); // one look is a dozen keys, and after each of them the terminal is asked where the cursor stands
}

/** @param {Open} open @param {string} home @param {Counsellor} anna */
async function evening(open, home, anna) {
	const t = await open(`${home}/en/`);
	try {
		await t.toRead(words('front.heading'));
		await t.press(about('self'));
		await t.toRead(words('before.heading'));
		await t.press(words('before.go'));
		await t.toRead(words('js.place.first'));
		await t.toRead(words('bare.reads'));
		await anna.next();
		await look(t, words('ready.heading'));
		await t.press(words('ready.yes'));
		await anna.accept();
		await look(t, 'a person, not a computer');
		await t.write('I sleep badly.');
		await t.press(words('talk.send'));
		await anna.toGet('I sleep badly.');
		await anna.say('What keeps you awake?');
		await look(t, 'What keeps you awake?');
		await look(t, words('js.state.delivered'));
		await anna.toKnow('What keeps you awake?', 'delivered');
		await t.press(words('layout.leave'));
		await anna.toEnd();
		await t.toRead('Dry and mild.');
	} finally {
		await t.close();
	}
	// Another evening, the same machine: nothing leads back.
	const next = await open(`${home}/en/talk/plain`);
	try {
		await next.toRead(words('front.heading'));
	} finally {
		await next.close();
	}
}

/** @param {Open} open @param {string} home @param {Counsellor} anna */
async function letter(open, home, anna) {
	const t = await open(`${home}/en/write`);
	let code = '';
	try {
		await t.toRead(words('write.heading'));
		await t.tick(about('self'));
		await t.write('I am afraid of myself.');
		await t.press(words('write.send'));
		await t.toRead(words('yourcode.ready'));
		await t.press(words('yourcode.show'));
		const shown = await t.toRead(words('yourcode.kept'));
		code = (/(?:[a-z]{5}- ?){5}[a-z]{5}/.exec(shown)?.[0] ?? '').replaceAll(' ', '');
		assert.ok(code, `a code is shown: ${shown}`);
		await t.tick(words('yourcode.kept'));
		await t.press(words('yourcode.on'));
		await t.toRead(words('sent.heading'));
	} finally {
		await t.close();
	}

	const { page } = anna;
	await page.goto(new URL('/inbox', page.url()).href);
	await anna.follow('[data-thread] form button');
	await anna.toRead('I am afraid of myself.');
	await page.type('textarea[name=text]', 'You have done right to write.');
	await anna.follow('[data-send]');
	await page.goto(new URL('/desk', page.url()).href);

	const later = await open(`${home}/en/`);
	try {
		await later.press(words('write.have'));
		await later.toRead(words('back.heading'));
		await later.line(code);
		await later.press(words('back.open'));
		await later.toRead(words('letters.ready'));
		await later.press(words('letters.show'));
		await later.toRead('You have done right to write.');
		await later.toRead('I am afraid of myself.');
	} finally {
		await later.close();
	}
}

journey('an evening and a letter in lynx and in w3m, over TLS', async (e) => {
	const { line, anna } = await opened(e);
	for (const Browser of [Lynx, W3m]) {
		/** @type {Open} */ const open = (address) => Browser.open(address, line.certificate);
		await evening(open, line.visitor, anna);
		await letter(open, line.visitor, anna);
		console.log(`# ${Browser.name}`);
	}
}, { earnest: true, tls: true, staffOnly: true });
