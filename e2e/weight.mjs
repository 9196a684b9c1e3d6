// Weighs the first load of the front page and of the talk page, as a browser
// gets them: bytes on the wire with headers, and how many requests.
import { launch } from './lib/browser.mjs';
import { Evening } from './lib/journey.mjs';
import { Network } from './lib/network.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const limits = { bytes: 30_000, script: 8_000, requests: 5 };

/**
 * Loads a page with an empty cache and counts what came over the wire.
 * @param {import('puppeteer-core').Page} page
 * @param {() => Promise<unknown>} load
 */
async function weigh(page, load) {
	const wire = await page.createCDPSession();
	/** @type {Map<string, { path: string, bytes: number, body: number }>} */
	const parts = new Map();
	/** @type {Set<string>} what the page says later, such as its signs of life, is no part of the load */
	const posts = new Set();
	wire.on('Network.requestWillBeSent', (e) => {
		if (e.request.method !== 'GET') posts.add(e.requestId);
	});
	wire.on('Network.responseReceived', (e) => !posts.has(e.requestId) && parts.set(e.requestId, { path: new URL(e.response.url).pathname, bytes: 0, body: 0 }));
	wire.on('Network.loadingFinished', (e) => {
		const part = parts.get(e.requestId);
		if (part) part.bytes = e.encodedDataLength;
	});
	await wire.send('Network.enable');
	await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
	await load();
	await until('the page has loaded', () => page.evaluate(() => document.readyState === 'complete'));
	await page.evaluate(async () => {
		// A headless browser leaves the icon out; a person's does not.
		const icon = document.querySelector('link[rel=icon]')?.getAttribute('href');
		if (icon) await fetch(icon).then((r) => r.arrayBuffer());
	});
	await until('everything has arrived', () => parts.size > 0 && [...parts.values()].every((p) => p.bytes > 0));
	const bodies = await page.evaluate(() => performance.getEntriesByType('resource').map((e) => {
		const t = /** @type {PerformanceResourceTiming} */ (e);
		return { path: new URL(t.name).pathname, body: t.encodedBodySize };
	}));
	await wire.detach();
	// Where the browser has asked for the icon by itself, our own asking counts no second time.
	const once = new Map([...parts.values()].map((p) => [p.path, p]));
	return [...once.values()].map((p) => ({ ...p, body: bodies.find((b) => b.path === p.path)?.body ?? 0 }));
}

/** @param {string} title @param {Awaited<ReturnType<typeof weigh>>} parts */
function print(title, parts) {
	const script = parts.filter((p) => p.path.endsWith('.js')).reduce((n, p) => n + p.body, 0);
	const bytes = parts.reduce((n, p) => n + p.bytes, 0);
	console.log(`\n${title}`);
	for (const p of parts) console.log(`  ${String(p.bytes).padStart(7)}  ${p.path}`);
	let good = true;
	for (const [what, is, limit] of /** @type {[string, number, number][]} */ ([
		['bytes on the wire', bytes, limits.bytes], ['bytes of script', script, limits.script], ['requests', parts.length, limits.requests],
	])) {
		const fits = is <= limit;
		good &&= fits;
		console.log(`  ${String(is).padStart(7)}  ${what}, at most ${limit}${fits ? '' : '  TOO MUCH'}`);
	}
	return good;
}

const network = await Network.start();
const browser = await launch(network);
const evening = new Evening(await Server.start(), network, browser);
let good = false;
try {
	const counsellor = await evening.counsellor();
	await counsellor.onDuty();
	const front = await evening.visitor();
	good = print('front page', await weigh(front.page, () => front.open()));
	const other = await evening.visitor();
	await other.arrive();
	good = print('talk page', await weigh(other.page, () => other.page.reload())) && good;
} finally {
	await evening.over();
	await browser.close();
	await network.stop();
}
process.exit(good ? 0 : 1);
