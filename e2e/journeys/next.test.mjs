// The next person on the same phone or computer. The browser is closed or killed
// in the middle of a conversation and started again with its tabs, as many people
// have set it; nothing of the conversation may come back, and nothing may stand in
// the browser's own files.
import assert from 'node:assert/strict';
import { name as browserName } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Visitor } from '../lib/people.mjs';
import { Profile } from '../lib/profile.mjs';
import { PATIENCE, until } from '../lib/until.mjs';

const said = ['marmoset one is what I said', 'marmoset two is the answer', 'marmoset three I never sent', 'marmoset four was written early'];

/**
 * A conversation in a browser with a lasting profile, one message of each side
 * and one unsent.
 * @param {import('../lib/journey.mjs').Evening} e @param {Profile} profile
 */
async function midway(e, profile) {
	const counsellor = await e.counsellor();
	await counsellor.onDuty();
	const browser = await profile.start();
	const page = await browser.newPage();
	page.setDefaultTimeout(20_000);
	const visitor = new Visitor(e, page, browser.defaultBrowserContext());
	await visitor.arrive();
	await visitor.page.type('#early', said[3] ?? '');
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	await until('the early words are in the box', async () => (await visitor.unsent()) === said[3]);
	await visitor.page.focus('#box');
	await visitor.page.keyboard.press('Enter');
	await visitor.toKnow(said[3] ?? '', 'delivered');
	await visitor.tell(said[0] ?? '');
	await counsellor.tell(said[1] ?? '');
	await visitor.toGet(said[1] ?? '');
	await visitor.type(said[2] ?? '');
	return { browser, visitor, counsellor };
}

/** Nothing of the conversation stands on a page or in what it keeps. @param {import('puppeteer-core').Page} page @param {string} when */
async function nothing(page, when) {
	const all = await until(`${when}: the page is there`, () => page.evaluate(() => document.readyState === 'complete'
		&& `${document.documentElement.outerHTML} ${[...document.querySelectorAll('textarea')].map((t) => t.value).join(' ')} ${JSON.stringify({ ...localStorage })}`));
	assert.ok(!all.includes('marmoset'), `${when}: a word of the conversation is on ${page.url()}`);
}

/** @param {Profile} profile @param {string} when */
async function folder(profile, when) {
	const { found, searched } = await profile.holds('marmoset');
	assert.ok(searched > 20, `the folder holds ${searched} files: this is no profile`);
	assert.deepEqual(found, [], `${when}: these files of the browser hold words of the conversation`);
}

for (const how of ['closed', 'left quickly']) {
	journey(`promise: the next person on the phone sees no word, tabs restored, after the browser was ${how} in mid-conversation`, async (e) => {
		const profile = await Profile.make(e.network);
		try {
			// The search itself: it must find what is there.
			for (const packed of [false, true]) {
				const takeAway = await profile.plant('a marmoset was planted', packed);
				assert.deepEqual((await profile.holds('marmoset')).found, ['planted']);
				await takeAway();
			}
			const { browser, visitor, counsellor } = await midway(e, profile);
			if (how === 'left quickly') {
				await visitor.press('[data-exit] button');
				await counsellor.toEnd();
			}
			await profile.end(browser);
			await folder(profile, how);

			const next = await profile.start({ tabs: true });
			try {
				if (how === 'closed') {
					const tab = await until('the tab of before is back', async () => (await next.pages()).find((p) => p.url().endsWith('/en/talk')), 3 * PATIENCE); // a whole browser starts, and then looks for its tabs
					await until('it asks before anything else', () => tab.evaluate(() => document.getElementById('again')?.hidden === false));
					await nothing(tab, 'the restored tab');
					await tab.evaluate(() => document.getElementById('goon')?.click());
					await until('whoever goes on writes on an empty page', () => tab.evaluate(() => document.getElementById('talking')?.hidden === false));
					await nothing(tab, 'after going on');
					assert.equal(await tab.evaluate(() => document.querySelectorAll('#log .said').length), 0);
					await until('the counsellor is told', async () => (await counsellor.text()).includes('new window'));
				}
				const page = await next.newPage();
				for (const address of ['/en/talk', '/en/', '/en/before/1', '/en/leaving']) {
					await page.goto(e.line.visitor + address);
					await nothing(page, `the address ${address}`);
				}
				for (const move of /** @type {const} */ (['goBack', 'goBack', 'goForward', 'goBack', 'goForward', 'goForward'])) {
					await page[move]({ waitUntil: 'domcontentloaded' }).catch(() => null);
					await nothing(page, move);
				}
			} finally {
				await next.close();
			}
			await folder(profile, `${how}, and opened again`);
		} finally {
			await profile.remove();
			console.log(`# ${browserName}: ${how}`);
		}
	});
}
