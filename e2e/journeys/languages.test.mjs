// The whole visit in every language but English, on a small phone: with scripts
// and without, to a message that is answered and a letter that is read.
import assert from 'node:assert/strict';
import { tooWide } from '../lib/axe.mjs';
import { name as browserName, picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { opened } from '../lib/opened.mjs';
import { PlainVisitor } from '../lib/plain.mjs';
import { until } from '../lib/until.mjs';
import { strangers, words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('../lib/people.mjs').Counsellor} Counsellor */
/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Frame} Frame */

/** What is said in each language, to the counsellor and back. @type {Record<string, [string, string]>} */
const said = {
	nl: ['Ik slaap slecht.', 'Fijn dat je er bent.'],
	'nl-BE': ['Ik slaap niet goed.', 'Goed dat je hier bent.'],
	fr: ['Je dors mal.', 'Prenez votre temps.'],
	de: ['Ich schlafe schlecht.', 'Lassen Sie sich Zeit.'],
};

/** Looks at a page or a frame as it stands: its language, its words, its width. @param {Page | Frame} where @param {string} locale @param {string} what */
async function look(where, locale, what) {
	const { lang, texts } = await where.evaluate(() => {
		/** @type {string[]} */ const all = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
		for (let n = walk.nextNode(); n; n = walk.nextNode()) {
			const e = n instanceof Element ? n : n.parentElement;
			// Sources are named as they call themselves.
			if (!e || e.closest('script, style, .brand, details ol.small, [lang]:not(html)')) continue;
			if (n === e) for (const a of ['aria-label', 'title', 'placeholder', 'alt']) all.push(e.getAttribute(a) ?? '');
			else all.push(n.textContent ?? '');
		}
		return { lang: document.documentElement.lang, texts: all.map((t) => t.trim().replaceAll(/\s+/g, ' ')).filter(Boolean) };
	});
	assert.equal(lang, locale, `${what} says its language: ${texts.join(' / ').slice(0, 600)}`);
	assert.ok(texts.length > 2, `${what} shows something`);
	assert.deepEqual(strangers(texts, locale), [], `what is not ${locale} on ${what}`);
	assert.deepEqual(await tooWide(where), [], `what sticks out on ${what} in ${locale}`);
}

/** Presses what leads to another page, in the page. @param {Page} page @param {string} selector */
async function go(page, selector) {
	await until(`${selector} is there`, () => page.$(selector).then(Boolean));
	await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.$eval(selector, (n) => /** @type {HTMLElement} */ (n).click())]);
}

const sends = 'form.letter > p > [type=submit]';
const small = { width: 320, height: 640 };

/** From the first page to the message that is answered, and out. @param {Evening} e @param {Counsellor} anna @param {string} locale */
async function talks(e, anna, locale) {
	const [mine, theirs] = said[locale] ?? ['', ''];
	const visitor = await e.visitor();
	const { page } = visitor;
	await page.setViewport(small);
	await visitor.open(locale);
	await look(page, locale, 'front');
	await visitor.follow('button[name=door][value=self]');
	await look(page, locale, 'promise');
	await visitor.follow('form.go button[type=submit]');
	await visitor.toRead(words('js.place.first', {}, locale));
	await look(page, locale, 'wait');
	await anna.next();
	await visitor.toSee('#yes');
	await look(page, locale, 'ready');
	await visitor.ready();
	await anna.accept();
	await visitor.toTalk();
	await visitor.tell(mine);
	await anna.toGet(mine);
	await anna.tell(theirs);
	await visitor.toGet(theirs);
	await look(page, locale, 'talk');
	await picture(page, `languages-${locale}-talk`, false);
	await visitor.press('[data-exit] button');
	await until('the page is elsewhere', () => !page.url().startsWith(`${e.line.visitor}/`));
	await anna.toEnd();
}

/** Leaves a letter and gives its code. @param {Evening} e @param {string} locale */
async function writes(e, locale) {
	const { page } = await e.visitor();
	await page.setViewport(small);
	await page.goto(`${e.line.visitor}/${locale}/write?door=1`);
	await look(page, locale, 'write');
	await page.type('textarea[name=text]', said[locale]?.[0] ?? '');
	await go(page, sends);
	const code = (await page.$eval('#code', (n) => n.textContent ?? '')).replaceAll(/\s/g, '');
	await page.$eval('#code', (n) => n.setAttribute('lang', 'zxx')); // in no language
	await look(page, locale, 'code');
	await page.$eval('#kept', (n) => /** @type {HTMLElement} */ (n).click());
	await go(page, sends);
	await look(page, locale, 'sent');
	return code;
}

/** Answers every letter that waits. @param {Evening} e @param {Counsellor} anna */
async function answers(e, anna) {
	const page = await e.page(anna.machine);
	for (let left = Object.keys(said).length; left > 0; left--) {
		await page.goto(`${new URL(anna.page.url()).origin}/inbox`);
		await go(page, '[data-thread] form button');
		const text = await page.evaluate(() => document.body.innerText);
		const [, answer] = Object.values(said).find(([letter]) => text.includes(letter)) ?? [];
		assert.ok(answer, 'the letter is one of those that were left');
		await page.type('textarea[name=text]', answer);
		await go(page, '[data-send]');
	}
	await page.close(); // a desk behind another page is not painted, and nothing on it can be pressed
}

/** Loads the part that changes by the link below it until it shows a text; by itself it looks every ten seconds. @param {PlainVisitor} visitor @param {string} text */
async function again(visitor, text) {
	await until(`the part that changes shows "${text}"`, async () => {
		if ((await visitor.text('words')).includes(text)) return true;
		await visitor.page.$eval('.foot a[target=words]', (a) => /** @type {HTMLElement} */ (a).click());
		for (let n = 0; n < 10; n++) {
			await new Promise((done) => setTimeout(done, 100));
			if ((await visitor.text('words').catch(() => '')).includes(text)) return true;
		}
		return false;
	}, 40_000);
}

/** The same without scripts, and the letter's answer. @param {Evening} e @param {Counsellor} anna @param {string} locale @param {string} code */
async function plainly(e, anna, locale, code) {
	const [mine, theirs] = said[locale] ?? ['', ''];
	const visitor = await PlainVisitor.on(e);
	const { page } = visitor;
	await page.setViewport(small);
	await page.goto(`${e.line.visitor}/${locale}/back`);
	await look(page, locale, 'enter');
	await page.type('#typed', code);
	await go(page, sends);
	await look(page, locale, 'before the letters');
	await go(page, sends);
	assert.ok((await page.evaluate(() => document.body.innerText)).includes(theirs), 'the answer is read with the code');
	await look(page, locale, 'letters');

	await visitor.arrive('self', locale);
	await visitor.toRead('words', words('js.place.first', {}, locale));
	for (const where of [page, await visitor.frame('words'), await visitor.frame('write')]) await look(where, locale, 'wait without scripts');
	await anna.next();
	await again(visitor, words('ready.heading', {}, locale));
	await look(await visitor.frame('words'), locale, 'ready without scripts');
	await visitor.press('words', 'yes');
	await anna.accept();
	await again(visitor, words('js.talk.with', { alias: 'Anna' }, locale));
	await visitor.say(mine);
	await anna.toGet(mine);
	await anna.say(theirs);
	await visitor.toRead('words', theirs);
	for (const what of /** @type {const} */ (['words', 'write'])) await look(await visitor.frame(what), locale, `talk without scripts, ${what}`);
	await picture(page, `languages-${locale}-plain`, false);
	await page.$eval('form[target=words] button[value=end]', (b) => /** @type {HTMLElement} */ (b).click());
	await anna.toEnd();
	await again(visitor, words('after.next', {}, locale));
	await look(await visitor.frame('words'), locale, 'after without scripts');
}

journey('the whole visit, with and without scripts, in Dutch, Flemish, French and German', async (e) => {
	const { anna } = await opened(e);
	const from = performance.now();
	const past = () => Math.round((performance.now() - from) / 1000);
	/** @type {Record<string, string>} */ const codes = {};
	for (const locale of Object.keys(said)) codes[locale] = await writes(e, locale);
	console.log(`# ${browserName}: written after ${past()} s`);
	await answers(e, anna);
	console.log(`# ${browserName}: answered after ${past()} s`);
	for (const locale of Object.keys(said)) {
		await talks(e, anna, locale);
		console.log(`# ${browserName}: ${locale} with scripts after ${past()} s`);
		await plainly(e, anna, locale, codes[locale] ?? '');
		console.log(`# ${browserName}: ${locale} without after ${past()} s`);
	}
}, { earnest: true });
