// A message instead of a chat: left while the line is closed, answered at the
// desk, read with the code, added to, erased. Once with scripts, once without.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { PlainVisitor } from '../lib/plain.mjs';
import { until } from '../lib/until.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */

/** @param {Page} page */
const text = (page) => page.evaluate(() => document.body.innerText);

/** What sends a letter; the word before what shows who somebody is has a button of its own. */
const sends = 'form.letter > p > [type=submit]';

/** Presses a thing that is there; in the page itself, because without scripts Firefox tells nobody where it is painted. @param {Page} page @param {string} selector */
async function click(page, selector) {
	await until(`${selector} is there`, async () => await page.$(selector) !== null);
	assert.ok(await page.$eval(selector, (n) => n.checkVisibility()), `${selector} can be seen`);
	await page.$eval(selector, (n) => /** @type {HTMLElement} */ (n).click());
}

/** Presses what leads to another page. @param {Page} page @param {string} selector */
async function press(page, selector) {
	await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), click(page, selector)]);
}

/** Looks at a page as it stands, narrow and wide. @param {Page} page @param {string} name @param {boolean} scripts */
async function look(page, name, scripts) {
	if (!scripts) return;
	for (const wide of [320, 1280]) {
		await page.setViewport({ width: wide, height: 844 });
		assert.deepEqual(await tooWide(page), [], name);
		await picture(page, `inbox-${name}-${wide}`);
	}
	assert.deepEqual(await faults(page), [], name);
}

/** Answers the one message that waits. @param {Evening} e @param {string} words what the visitor wrote @param {string} answer */
async function answer(e, words, answer) {
	const { page } = await e.counsellor();
	await page.goto(new URL('/inbox', page.url()).href);
	await press(page, '[data-thread] form button');
	assert.ok((await text(page)).includes(words));
	await page.type('textarea[name=text]', answer);
	await press(page, '[data-send]');
}

/** @param {Evening} e @param {boolean} scripts */
async function exchange(e, scripts) {
	const { page } = scripts ? await e.visitor() : await PlainVisitor.on(e);
	await page.goto(`${e.line.visitor}/en/`);
	await press(page, 'a[href*="/write"], form[action$="/write"] button');
	assert.match(await text(page), /We answer within 3 working days/);
	/** @param {boolean} wanted whether the help lines are in view */
	const numbers = (wanted) => until(`the numbers come with the tick: ${wanted}`, () => page.$eval('.numbers-now', (n, w) => n.checkVisibility() === w, wanted));
	await numbers(false); // the style sheet may come a moment after the page
	await click(page, 'input[name=urgent]');
	await numbers(true);
	await click(page, 'input[name=urgent]');
	await look(page, 'write', scripts);
	await click(page, 'input[name=door][value=self]');
	await page.type('textarea[name=text]', 'I sleep badly and I am afraid of myself.');
	await press(page, sends);

	if (!scripts) {
		assert.match(await text(page), /Your message has arrived/);
		assert.equal(await page.$('#code'), null, 'without scripts the code answers a button');
		await press(page, sends);
	}
	const code = (await page.$eval('#code', (n) => n.textContent ?? '')).replace(/\s/g, '');
	assert.match(code, /^([a-z]{5}-){5}[a-z]{5}$/);
	await look(page, 'code', scripts);
	if (scripts) {
		// A phone that drops the tab loads the page again: the code is still there.
		await page.reload();
		assert.ok((await text(page)).replace(/\s/g, '').includes(code));
	}
	await click(page, '#kept');
	await press(page, sends);
	assert.match(await page.evaluate(() => location.href), /\/en\/sent$/);
	// Back shows no code: a page with scripts wipes itself, and one without answers a form, which no browser shows again by itself.
	await page.goBack({ waitUntil: 'domcontentloaded', timeout: 5000 }).catch(() => undefined);
	await until('Back does not show the code', async () => !(await text(page)).replace(/\s/g, '').includes(code));

	await answer(e, 'I sleep badly and I am afraid of myself.', 'You have done right to write. What helps you at night?');

	// A slip is told at once; another code is answered like one that was erased.
	await page.goto(`${e.line.visitor}/en/back`);
	await page.type('#typed', code.slice(0, -1));
	await press(page, sends);
	assert.match(await text(page), /six groups of five letters\. You gave more or fewer/);
	await look(page, 'back', scripts);
	await page.type('#typed', code.toUpperCase().replaceAll('-', ' '));
	await press(page, sends);
	if (!scripts) { // without scripts the letters answer a button, like the code
		assert.doesNotMatch(await text(page), /What helps you at night/);
		await press(page, sends);
	}
	const read = await text(page);
	assert.ok(read.indexOf('New for you') < read.indexOf('What helps you at night?'));
	assert.ok(read.indexOf('What helps you at night?') < read.indexOf('I sleep badly'), 'what is new stands first');
	await look(page, 'thread', scripts);

	await page.type('#add textarea', 'Walking helps.');
	await press(page, `#add ${sends}`);
	assert.match(await text(page), /Your message has been added/);
	if (!scripts) await press(page, sends);
	assert.match(await text(page), /Walking helps/);

	// Loading it again, or coming back to it, shows no word.
	if (scripts) await page.reload({ waitUntil: 'domcontentloaded' });
	else await page.goto(`${e.line.visitor}/en/thread`);
	assert.doesNotMatch(await text(page), /Walking helps/);
	assert.match(await text(page), /shows your words only once/);

	await page.type('#typed', code);
	await press(page, sends);
	if (!scripts) await press(page, sends);
	await click(page, 'details:has(form[action$="/erase"]) summary');
	await click(page, 'input[name=sure]');
	await press(page, 'form[action$="/erase"] [type=submit]');
	assert.match(await text(page), /It is erased/);
	await page.goto(`${e.line.visitor}/en/back`);
	await page.type('#typed', code);
	await press(page, sends);
	assert.match(await text(page), /Nothing stands behind this code/);
	await until('nothing of it is left at the desk', async () => {
		const { page: desk } = await e.counsellor();
		await desk.goto(new URL('/inbox', desk.url()).href);
		return (await desk.$$('[data-thread]')).length === 0;
	});
}

journey('promise: a message is answered behind a code, read once a visit, and erased for good', (e) => exchange(e, true));

journey('promise: without scripts a message is answered, read and erased in the same way', (e) => exchange(e, false));
