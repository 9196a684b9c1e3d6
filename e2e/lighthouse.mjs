// Lighthouse 12 as on a phone, over the pages of a visit: performance at least
// 98, accessibility and best practices 100. What stands after a conversation is
// no load of a page, so it has no figure for performance. Prints the table of the
// README. A busy machine makes a page look slow: the best of three loads counts.
// One page after the other, and each within bounds: what does not come to its end
// is a fault, and not a reason to wait.
import lighthouse, { snapshot } from 'lighthouse';
import { launch } from './lib/browser.mjs';
import { Evening } from './lib/journey.mjs';
import { Network } from './lib/network.mjs';
import { Server } from './lib/server.mjs';

const least = /** @type {Record<string, number>} */ ({ performance: 98, accessibility: 100, 'best-practices': 100 });
const flags = /** @type {import('lighthouse').Flags} */ ({
	onlyCategories: Object.keys(least), formFactor: 'mobile', logLevel: 'error', disableFullPageScreenshot: true,
	disableStorageReset: true, skipAboutBlank: true, // the ticket stays, and the page is looked at as somebody has it
	skipAudits: ['bf-cache'], // no page of ours is kept by the browser: that is a promise
	maxWaitForFcp: 15_000, maxWaitForLoad: 25_000,
});

/** How long one load may take, and all of it. */
const patience = { load: 90_000, all: 15 * 60_000 };

/** @template T @param {string} what @param {Promise<T>} doing @returns {Promise<T>} */
function within(what, doing) {
	/** @type {NodeJS.Timeout | undefined} */ let timer;
	return Promise.race([doing, new Promise((_, fail) => {
		timer = setTimeout(() => fail(new Error(`${what} took more than ${patience.load / 1000} s`)), patience.load);
	})]).finally(() => clearTimeout(timer));
}

setTimeout(() => {
	console.error(`not done within ${patience.all / 60_000} minutes`);
	process.exit(1);
}, patience.all).unref();

/** @type {{ page: string, scores: Record<string, number | undefined>, faults: string[] }[]} */
const table = [];

/** @param {import('lighthouse').RunnerResult | undefined} r */
function read(r) {
	if (!r) throw new Error('lighthouse gave no result');
	/** @type {Record<string, number | undefined>} */ const scores = {};
	const faults = [];
	for (const [name, c] of Object.entries(r.lhr.categories)) {
		if (c.score !== null) scores[name] = Math.round(c.score * 100);
		if (name === 'performance') continue;
		for (const ref of c.auditRefs) {
			const a = r.lhr.audits[ref.id];
			if (ref.weight > 0 && a && a.score !== null && a.score < 1) faults.push(`${name}: ${a.id}: ${a.title}`);
		}
	}
	return { scores, faults };
}

/** @param {string} title @param {import('puppeteer-core').Page} page @param {string} url */
async function load(title, page, url) {
	/** @type {ReturnType<typeof read> | undefined} */ let best;
	for (let n = 0; n < 3; n++) {
		const got = read(await within(`${title}, load ${n + 1}`, lighthouse(url, flags, undefined, page)));
		if (!best || (got.scores['performance'] ?? 0) > (best.scores['performance'] ?? 0)) best = got;
		if ((best.scores['performance'] ?? 0) >= (least['performance'] ?? 0)) break;
	}
	if (!best) return;
	table.push({ page: title, ...best });
	console.log(`${title}: ${JSON.stringify(best.scores)}`);
}

/**
 * After a load the page may ask whether to go on: lighthouse comes from elsewhere.
 * @param {import('./lib/people.mjs').Visitor} visitor @param {string} what
 */
async function backTo(visitor, what) {
	await visitor.page.goto(`${visitor.evening.line.visitor}/en/talk`);
	await visitor.toSee(`${what}, #goon`);
	if (await visitor.sees('#goon')) await visitor.press('#goon');
	await visitor.toSee(what);
}

const network = await Network.start();
const browser = await launch(network);
const evening = new Evening(await Server.start(), network, browser);
try {
	const { visitor: at } = evening.line;
	const counsellor = await evening.counsellor();
	await counsellor.onDuty();
	const reader = await evening.visitor();
	await load('front', reader.page, `${at}/en/`);
	await load('promise, door "me"', reader.page, `${at}/en/before/1`);
	await load('write a message', reader.page, `${at}/en/write`);
	await load('enter a code', reader.page, `${at}/en/back`);
	const visitor = await evening.visitor();
	await visitor.arrive();
	await load('wait', visitor.page, `${at}/en/talk`);
	await backTo(visitor, '#waiting');
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	await visitor.tell('Good evening. I am nervous.');
	await counsellor.tell('Good evening. Take your time.');
	await load('talk', visitor.page, `${at}/en/talk`);
	await backTo(visitor, '#box');
	await counsellor.end();
	await visitor.toEnd();
	table.push({ page: 'after', ...read(await within('after', snapshot(visitor.page, { flags }))) });
} finally {
	await evening.over();
	await browser.close();
	await network.stop();
}

let good = table.length === 7;
console.log('\n| page | performance | accessibility | best practices |\n|---|---|---|---|');
for (const { page, scores, faults } of table) {
	console.log(`| ${page} | ${Object.keys(least).map((k) => scores[k] ?? '-').join(' | ')} |`);
	for (const [k, n] of Object.entries(least)) if (scores[k] !== undefined && (scores[k] ?? 0) < n) good = false;
	for (const f of faults) console.log(`    ${f}`);
}
process.exit(good ? 0 : 1);
