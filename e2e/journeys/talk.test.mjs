import assert from 'node:assert/strict';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

journey('a visitor and a counsellor talk, and both screens show the same conversation', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	/** @type {Set<string>} */ const origins = new Set();
	visitor.page.on('request', (r) => {
		if (/^(https?|wss?):/.test(r.url())) origins.add(new URL(r.url()).origin);
	});
	await visitor.arrive();
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();

	await visitor.say('Good evening. I am nervous.');
	await counsellor.toGet('Good evening. I am nervous.');
	await visitor.toKnow('Good evening. I am nervous.', 'delivered');
	await counsellor.say('Good evening. Take your time.');
	await visitor.toGet('Good evening. Take your time.');
	for (const n of [1, 2, 3]) {
		await visitor.say(`I sleep badly, night ${n}.`);
		await counsellor.say(`I am listening, ${n}.`);
	}
	// What has no place yet stands last on its writer's screen, so they are the same once all have theirs.
	await until('both screens show the same eight messages', async () => {
		const [of, and] = [await visitor.texts(), await counsellor.texts()];
		return of.length === 8 && JSON.stringify(of) === JSON.stringify(and);
	});
	await until('everything the visitor wrote has arrived', async () =>
		(await visitor.messages()).filter((m) => m.mine).every((m) => m.state === 'delivered'));
	assert.deepEqual([...origins], [e.line.visitor], 'the page asks nobody but the line');

	await counsellor.end();
	await visitor.toEnd();
	await visitor.toRead(words('js.closed.counsellor.h'));
	await visitor.toRead(words('after.next'));
});

journey('a visitor ends the conversation and is shown what to do next', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('Thank you, that is enough for today.');
	await visitor.end();
	await visitor.toRead(words('js.closed.visitor.h'));
	await visitor.press('#wipe');
	await until('the words are wiped', async () => !(await visitor.page.content()).includes('enough for today'));
	await counsellor.toEnd();
	assert.ok((await counsellor.texts()).includes('Thank you, that is enough for today.'), 'the counsellor keeps the text for the note');
});

journey('who waits hears a sound when they asked for it', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await visitor.arrive();
	await visitor.page.evaluateOnNewDocument(() => {
		const begin = OscillatorNode.prototype.start;
		OscillatorNode.prototype.start = function start(...when) {
			Reflect.set(window, 'sounds', (Reflect.get(window, 'sounds') ?? 0) + 1);
			return begin.apply(this, when);
		};
	});
	await visitor.reload();
	const sounds = () => visitor.page.evaluate(() => Reflect.get(window, 'sounds') ?? 0);
	await visitor.toSee('#sound');
	assert.equal(await visitor.sees('#beep'), false);
	await visitor.press('#sound');
	await visitor.press('#beep');
	await until('the sound is tried', async () => await sounds() === 1);
	await counsellor.next();
	await until('it sounds when somebody is there', async () => await sounds() === 2);
	await visitor.press('#sound');
	assert.equal(await visitor.sees('#beep'), false, 'it is off again');
});

journey('what was written while waiting moves into the message box and is sent only by hand', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await visitor.arrive('relative');
	await visitor.page.type('#early', 'I found something out.');
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	await until('the words stand in the box', async () => (await visitor.unsent()) === 'I found something out.');
	assert.deepEqual(await counsellor.texts(), []);
	await visitor.page.focus('#box');
	await visitor.page.keyboard.press('Enter');
	await counsellor.toGet('I found something out.');
});

/** A visitor and a counsellor who talk, but what shows the conversation to the visitor has not come yet. @param {import('../lib/journey.mjs').Evening} e */
async function early(e) {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await visitor.arrive();
	const come = e.network.late(/^GET \/\S*\btalk\b\S*\.js /);
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	return { visitor, counsellor, come };
}

journey('what is told once while the conversation is still on its way is shown when it comes', async (e) => {
	const { visitor, counsellor, come } = await early(e);
	e.network.set('counsellor.localhost', 'cut');
	await counsellor.toRead(words('desk.js.status.waiting'));
	assert.equal(await visitor.sees('#talking'), false);
	assert.equal(come(), 1, 'the script was asked for');
	await visitor.toTalk();
	await visitor.toRead(words('js.presence.unsure', { alias: 'Robin' }));
});

journey('a conversation that ends while it is still on its way stays over, and its words are kept to be read', async (e) => {
	const { visitor, counsellor, come } = await early(e);
	await counsellor.say('Good evening.');
	await counsellor.end();
	await visitor.toRead(words('js.closed.counsellor.h'));
	assert.equal(come(), 1, 'the script was asked for');
	await visitor.toGet('Good evening.');
	assert.equal(await visitor.sees('#talking'), false, 'it looks as if it went on');
	await visitor.toRead(words('after.next'));
});

journey('what a visitor writes stays text', async (e) => {
	const { visitor, counsellor } = await together(e);
	const markup = '<b>bold</b> <img src=x onerror=alert(1)> &amp; {{x}}';
	await visitor.say(markup);
	await counsellor.toGet(markup);
	const made = await counsellor.page.evaluate(() => document.querySelectorAll('[role=log] .text b, [role=log] .text img').length);
	assert.equal(made, 0, 'no element is made of what somebody writes');
	await visitor.paste('left \u202e right');
	await visitor.page.keyboard.press('Enter');
	await until('the direction mark is visible', async () => {
		const last = (await counsellor.texts()).at(-1) ?? '';
		return last.startsWith('left ') && !last.includes('\u202e');
	});
	await visitor.say('look at https://example.org/x please');
	await until('the address is hidden from the counsellor', async () => {
		const last = (await counsellor.texts()).at(-1) ?? '';
		return last.startsWith('look at') && !last.includes('example.org');
	});
	const links = await counsellor.page.evaluate(() => document.querySelectorAll('[role=log] a').length);
	assert.equal(links, 0, 'no link is made of what somebody writes');
});

journey('a text that cannot be sent goes back to the writer', async (e) => {
	const { visitor, counsellor } = await together(e);
	const run = 'a'.repeat(201);
	await visitor.paste(run);
	await visitor.page.keyboard.press('Enter');
	await visitor.toRead(words('js.text.run'));
	assert.equal(await visitor.unsent(), run, 'nothing is lost');
	await visitor.paste('short ones then');
	await visitor.page.keyboard.press('Enter');
	await counsellor.toGet('short ones then');
	assert.deepEqual(await counsellor.texts(), ['short ones then']);
});

journey("nothing of the conversation is in the browser's storage", async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('a sentence that must not be stored');
	await counsellor.tell('an answer that must not be stored');
	for (const person of [visitor, counsellor]) {
		const kept = await person.page.evaluate(async () => ({
			local: Object.entries(localStorage),
			session: Object.entries(sessionStorage),
			caches: 'caches' in globalThis ? await caches.keys() : [],
			databases: 'databases' in indexedDB ? await indexedDB.databases() : [],
			cookies: document.cookie,
			title: document.title,
		}));
		assert.doesNotMatch(JSON.stringify(kept), /must not be stored/);
		assert.deepEqual(kept.caches, []);
		assert.deepEqual(kept.databases, []);
		assert.doesNotMatch(kept.cookies, /place|login/, 'no script can read the cookies that matter');
		for (const [key, value] of kept.session) {
			// The tab secret, and how often the server was started when this page last heard of it.
			assert.match(value, key === 'boot' ? /^\d+$/ : /^[\w-]{22}$/, 'only the tab secret is kept');
		}
	}
	const local = await visitor.page.evaluate(() => localStorage.length);
	assert.equal(local, 0);
});
