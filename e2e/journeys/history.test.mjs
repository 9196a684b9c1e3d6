// Back and Forward through every page and state of a visit, another language in the
// middle of each, and the way back from another site. Whatever was left shows no word
// again, nothing is sent twice, nothing is lost, and every page has a next step.
import assert from 'node:assert/strict';
import { name as browserName } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { PlainVisitor } from '../lib/plain.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('../lib/people.mjs').Counsellor} Counsellor */
/** @typedef {import('../lib/people.mjs').Visitor} Visitor */
/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {'goBack' | 'goForward'} Way */

const back = 'goBack';
const forward = 'goForward';
/** Stands in everything that is typed and said here, and nowhere else. */
const mine = 'marmot';
/** What a return code looks like. */
const code = /([a-z]{5}-\s*){5}[a-z]{5}/;
/** What sends a form; the languages stand below it. */
const sends = 'main form > p > [type=submit]';

/** Everything that a page and its frames show, what is typed too. @param {Page} page */
async function shown(page) {
	const all = await Promise.all(page.frames().map((f) => f.evaluate(() => [
		document.documentElement?.textContent, ...[...document.querySelectorAll('textarea, input')].map((n) => /** @type {HTMLInputElement} */ (n).value),
	].join(' ')).catch(() => '')));
	return all.join(' ');
}

/** Where a page is, by its own word: a driver hears of it a moment later. @param {Page} page */
const where = (page) => until('the page says where it is', () => page.evaluate(() => location.pathname));

let moves = 0;

/**
 * Presses Back or Forward, and waits for what comes. Where the frames alone have moved, or nothing, and another page is
 * asked for next, the browser itself has to be done first: what comes late would take the place of that page, and nobody would see it come.
 * @param {Page} page @param {Way} way @param {boolean} last
 */
async function move(page, way, last) {
	const mark = `moved${++moves}`;
	await Promise.all(page.frames().map((f) => f.evaluate((m) => Reflect.set(window, m, true), mark).catch(() => false)));
	/** Whether another document stands in the page, or in a frame of it. @param {import('puppeteer-core').Frame[]} parts */
	const moved = async (parts) => (await Promise.all(parts.map((f) => f.evaluate((m) => !Reflect.has(window, m) && document.readyState !== 'loading', mark).catch(() => false)))).includes(true);
	const over = page[way]({ timeout: 4000 }).then(() => true, (err) => /history entry/i.test(String(err.cause ?? err))); // true: it has come, or there is nowhere to go
	if (!last) await until('another page has come', () => moved([page.mainFrame()]), 1000).catch(() => undefined);
	else if (!(await over)) await until('something has moved', () => moved(page.frames()), 8000).catch(() => undefined); // a slow machine; a frame that has gone meanwhile moves no more
}

/** Presses it until the page is that of an address. @param {Page} page @param {Way} way @param {string} path */
async function moveTo(page, way, path) {
	for (let n = 0; n < 12; n++) {
		await move(page, way, true);
		if (await where(page) === path) return;
	}
	assert.fail(`${way} does not come to ${path}; it came to ${await where(page)}`);
}

/** Nothing of anybody's stands on a page, and there is a next step on it. @param {Evening} e @param {Page} page @param {string} when */
async function nothing(e, page, when) {
	const said = `${when}, at ${page.url()}`;
	await until(`${said}: nothing private is shown`, async () => {
		const all = await shown(page);
		if (all.includes(mine) || code.test(all)) throw new Error(`it shows: ${all.replaceAll(/\s+/g, ' ').slice(0, 2000)}`);
		return true;
	}, 3000);
	// A page that answers a form is not shown again before its reader says so: until then the browser shows one of its own.
	const at = await page.evaluate(() => document.documentURI).catch(() => 'gone');
	if (!at.startsWith(e.line.visitor)) return;
	await until(`${said}: there is a next step`, () => page.evaluate(() => document.querySelectorAll('main a[href], main button, iframe').length > 0), 5000);
}

/** Goes so often back, and forward again; nothing of before is shown on the way. @param {Evening} e @param {Page} page @param {string} when @param {number} [often] */
async function toAndFro(e, page, when, often = 3) {
	for (const way of [back, forward]) {
		for (let n = 1; n <= often; n++) {
			await move(page, /** @type {Way} */ (way), way === forward && n === often);
			await nothing(e, page, `${when}: ${way} ${n}`);
		}
	}
}

/** Presses what leads to another page, in the page. @param {Page} page @param {string} selector */
async function press(page, selector) {
	await until(`${selector} is there`, () => page.$(selector).then(Boolean));
	await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.$eval(selector, (n) => /** @type {HTMLElement} */ (n).click())]);
}

/** The button of a language, where what is typed comes along. @param {string} lang */
const along = (lang) => `#tongues button[lang=${lang}]`;

/** What stands in the box of a letter. @param {Page} page */
const boxed = (page) => page.$eval('textarea[name=text]', (n) => /** @type {HTMLTextAreaElement} */ (n).value);

/** The language a page says it has. @param {Page} page */
const lang = (page) => page.evaluate(() => document.documentElement.lang);

/** Another site, and something of ours pressed on it: a link, or a form. @param {Page} page @param {string} address @param {boolean} [form] */
async function fromElsewhere(page, address, form = false) {
	const markup = form ? `<form method="post" action="${address}"><input name="text" value="mischief"><button>x</button></form>` : `<a href="${address}">x</a>`;
	await page.goto(`data:text/html,${encodeURIComponent(markup)}`);
	await press(page, form ? 'button' : 'a');
}

/** Comes by a link on another site to an own page: it says what is the matter and leads on. @param {Page} page @param {string} address @param {string} locale */
async function comesBack(page, address, locale) {
	await fromElsewhere(page, address);
	assert.ok((await shown(page)).includes(words('away.text', {}, locale)), `the page says what is the matter: ${page.url()}`);
	await press(page, 'main a.button');
}

/** A letter, its code, what is behind it, and a complaint. @param {Evening} e @param {Page} page @param {Counsellor} counsellor @param {boolean} scripts */
async function letters(e, page, counsellor, scripts) {
	const at = e.line.visitor;
	await page.goto(`${at}/en/write?door=1`);
	await page.type('textarea[name=text]', `${mine} letter`);
	await press(page, along('nl'));
	assert.deepEqual([await lang(page), await boxed(page)], ['nl', `${mine} letter`]);
	await press(page, along('en'));
	assert.equal(await boxed(page), `${mine} letter`);
	await press(page, sends);
	if (!scripts) {
		await press(page, '.tongues a[lang=nl]');
		await press(page, sends);
		await press(page, '.tongues button[lang=en]');
	}
	const one = (await shown(page)).match(code)?.[0].replaceAll(/\s/g, '');
	assert.ok(one, 'the code is shown');
	await press(page, '.tongues button[lang=nl]');
	assert.equal(await lang(page), 'nl');
	assert.equal((await shown(page)).match(code)?.[0].replaceAll(/\s/g, ''), one, 'the same code in another language');
	await page.$eval('#kept', (n) => /** @type {HTMLElement} */ (n).click());
	await press(page, sends);
	await toAndFro(e, page, 'a letter', 4);

	const desk = await e.page(counsellor.machine);
	await desk.goto(new URL('/inbox', counsellor.page.url()).href);
	assert.equal((await desk.$$('[data-thread]')).length, 1, 'one letter has arrived, once');
	await press(desk, '[data-thread] form button');
	await desk.type('textarea[name=text]', `${mine} answer`);
	await press(desk, '[data-send]');
	await desk.close();

	/** Opens what is behind the code. */
	const open = async () => {
		await page.goto(`${at}/en/back`);
		await page.type('#typed', one);
		await press(page, sends);
		if (!scripts) await press(page, sends);
		assert.ok((await shown(page)).includes(`${mine} answer`));
	};
	await open();
	await page.type('textarea[name=text]', `${mine} more`);
	await press(page, along('nl'));
	assert.ok((await shown(page)).includes(`${mine} answer`), 'the thread is still open');
	assert.deepEqual([await lang(page), await boxed(page)], ['nl', `${mine} more`]);
	await press(page, sends);
	if (!scripts) await press(page, sends);
	assert.equal((await shown(page)).split(`${mine} more`).length, 2, 'it was added once');
	await page.goto(`${at}/en/`);
	await toAndFro(e, page, 'a thread');

	await page.goto(`${at}/en/wrong`);
	await page.type('textarea[name=text]', `${mine} wrong`);
	await press(page, along('nl'));
	assert.equal(await boxed(page), `${mine} wrong`);
	await press(page, sends);
	if (!scripts) await press(page, sends);
	await page.$eval('#kept', (n) => /** @type {HTMLElement} */ (n).click());
	await press(page, sends);
	await toAndFro(e, page, 'a complaint', 2);

	// Left quickly, in the middle of reading, of a letter, and of the page of a code.
	for (const when of ['reading', 'writing', 'the code']) {
		if (when === 'reading') await open();
		else {
			await page.goto(`${at}/en/write?door=1`);
			await page.type('textarea[name=text]', `${mine} ${when}`);
		}
		if (when === 'the code') {
			await press(page, sends);
			if (!scripts) await press(page, sends);
		}
		await page.$eval('[data-exit] button', (n) => /** @type {HTMLElement} */ (n).click());
		await until('the page is elsewhere', async () => !(await page.evaluate(() => location.href)).startsWith(at));
		await toAndFro(e, page, `left while ${when}`, 2);
	}
}

/** The way in, and a form and a link from another site: the place stays. @param {Evening} e @param {Page} page @param {() => Promise<unknown>} waits @param {string} talk */
async function queue(e, page, waits, talk) {
	const at = e.line.visitor;
	await page.goto(`${at}/en/`);
	await press(page, 'button[name=door][value=self]');
	await moveTo(page, back, '/en/');
	await moveTo(page, forward, '/en/before/1');
	await press(page, '.tongues a[lang=nl]');
	await press(page, '.tongues a[lang=en]');
	await press(page, 'form.go button[type=submit]');
	await waits();
	await moveTo(page, back, '/en/');
	await nothing(e, page, 'before the wait');
	await moveTo(page, forward, `/en/${talk}`);
	await waits();
	// In another language: the first page, and the door again.
	await page.goto(`${at}/nl/`);
	await press(page, 'button[name=door][value=self]');
	assert.deepEqual([await where(page), await lang(page)], [`/nl/${talk}`, 'nl']);
	await waits();
	await comesBack(page, `${at}/en/${talk}`, 'en');
	await waits();
	await fromElsewhere(page, `${at}/en/leave`, true);
	assert.ok((await shown(page)).includes(words('error.403.h')), 'a form from elsewhere is refused, and the page says so');
	await press(page, 'main a.button');
	await press(page, 'button[name=door][value=self]');
	await waits();
}

/** @param {Counsellor} counsellor */
async function alone(counsellor) {
	await until('one visitor waits, whatever was pressed', async () => /\b1\b/.test(await counsellor.page.$eval('#wait-words', (n) => n.textContent ?? '')));
}

journey('promise: Back and Forward through every page of a visit show nothing of before, and nothing is sent twice or lost', async (e) => {
	const from = performance.now();
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await e.visitor();
	const { page } = visitor;
	/** A page that cannot know whether the same person has come back asks first. @param {string} where what is shown then */
	const goesOn = async (where) => {
		await visitor.toSee(`#again, ${where}`);
		if (await visitor.sees('#again')) await visitor.press('#goon');
		await visitor.toSee(where);
	};
	await queue(e, page, () => goesOn('#waiting'), 'talk');
	await page.type('#early', `${mine} early`);
	await moveTo(page, back, '/en/');
	await nothing(e, page, 'words that wait');
	await moveTo(page, forward, '/en/talk');
	await goesOn('#waiting');
	await alone(counsellor);
	await counsellor.next();
	await visitor.toSee('#yes');
	await moveTo(page, back, '/en/');
	await moveTo(page, forward, '/en/talk');
	await goesOn('#yes');
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	await visitor.tell(`${mine} one`);
	await counsellor.tell(`${mine} two`);
	await visitor.toGet(`${mine} two`);
	await visitor.type(`${mine} unsent`);
	await moveTo(page, back, '/en/');
	await nothing(e, page, 'before the conversation');
	await moveTo(page, forward, '/en/talk');
	await goesOn('#talking');
	await comesBack(page, `${e.line.visitor}/nl/talk`, 'nl');
	await goesOn('#talking');
	assert.equal(await lang(page), 'nl');
	await visitor.tell(`${mine} three`);
	await counsellor.toGet(`${mine} three`);
	assert.deepEqual(await counsellor.texts(), [`${mine} one`, `${mine} two`, `${mine} three`], 'every message is there once');
	await visitor.end();
	await visitor.toEnd();
	await page.$eval('#after a.quiet', (n) => /** @type {HTMLElement} */ (n).click());
	await until('the first page has come', async () => await where(page) === '/nl/');
	await toAndFro(e, page, 'after the end', 2);
	console.log(`# ${browserName}: the conversation, ${Math.round((performance.now() - from) / 1000)} s`);
	await letters(e, page, counsellor, true);
	console.log(`# ${browserName}: all of it, ${Math.round((performance.now() - from) / 1000)} s`);
});

journey('promise: without scripts too Back and Forward show nothing of before, and nothing is sent twice or lost', async (e) => {
	const from = performance.now();
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const visitor = await PlainVisitor.on(e);
	const { page } = visitor;
	/** A page that was loaded anew, or that another one came after, asks first. @param {string} shows a text of the frame, by its key */
	const goesOn = (shows) => until(`the frame shows ${shows}`, async () => {
		const locale = (await where(page)).slice(1, 3);
		const now = await visitor.text('words');
		if (now.includes(words(shows, {}, locale).split('{')[0] ?? '')) return true;
		const take = await (await visitor.frame('words')).$('button[value=take]');
		await take?.evaluate((b) => /** @type {HTMLElement} */ (b).click());
		throw new Error(`it shows: ${now}`);
	});
	await queue(e, page, () => goesOn('js.place.first'), 'talk/plain');
	await visitor.type(`${mine} early`);
	await moveTo(page, back, '/en/');
	await nothing(e, page, 'words that wait');
	await moveTo(page, forward, '/en/talk/plain');
	await goesOn('js.place.first');
	await alone(counsellor);
	await counsellor.next();
	await visitor.toRead('words', words('ready.heading'));
	await visitor.press('words', 'yes');
	await counsellor.accept();
	await visitor.toRead('words', 'a person, not a computer');
	await visitor.say(`${mine} one`);
	await counsellor.toGet(`${mine} one`);
	await counsellor.say(`${mine} two`);
	await visitor.toRead('words', `${mine} two`);
	await moveTo(page, back, '/en/');
	await nothing(e, page, 'before the conversation');
	await moveTo(page, forward, '/en/talk/plain');
	await goesOn('js.talk.with');
	await comesBack(page, `${e.line.visitor}/nl/talk/plain`, 'nl');
	await goesOn('js.talk.with');
	await visitor.say(`${mine} three`);
	await counsellor.toGet(`${mine} three`);
	assert.deepEqual((await counsellor.texts()).filter((t) => t.includes(mine)), [`${mine} one`, `${mine} two`, `${mine} three`], 'every message is there once');
	await page.$eval('form[target=words] button[value=end]', (n) => /** @type {HTMLElement} */ (n).click());
	await counsellor.toEnd();
	await page.goto(`${e.line.visitor}/en/`);
	await toAndFro(e, page, 'after the end');
	console.log(`# ${browserName}: the conversation, ${Math.round((performance.now() - from) / 1000)} s`);
	await letters(e, page, counsellor, false);
	console.log(`# ${browserName}: all of it, ${Math.round((performance.now() - from) / 1000)} s`);
});
