// What every journey stands on: a line of its own, a browser, the road between
// them, and pictures of every open page when something went wrong.
import { after, test } from 'node:test';
import { launch, name as browserName, picture, sized } from './browser.mjs';
import { surely } from './came.mjs';
import { Network } from './network.mjs';
import { Counsellor, Supervisor, Visitor } from './people.mjs';
import { Line } from './line.mjs';
import { Server } from './server.mjs';

/** @typedef {{ browser: import('puppeteer-core').Browser, network: Network }} Shared */
/**
 * Firefox gets a window for every page. Tabs of one window hide each other, and
 * a hidden page has its clocks slowed to a second and is hardly painted: two
 * people who talk sit at two screens. Chromium shows all pages anyway.
 * @type {import('puppeteer-core').CreatePageOptions}
 */
const kind = browserName === 'firefox' ? { type: 'window' } : {};
/** The browsers of this file: light and, when asked for, others. @type {Map<string, Promise<Shared>>} */
const shared = new Map();

/** @param {{ dark?: boolean, large?: boolean }} how */
function browserThatIs({ dark = false, large = false }) {
	const key = `${dark} ${large}`;
	let s = shared.get(key);
	if (!s) {
		s = Network.start().then(async (network) => ({ browser: await launch(network, { dark, large }), network }));
		shared.set(key, s);
	}
	return s;
}

after(async () => {
	for (const s of shared.values()) {
		const { browser, network } = await s;
		await browser.close();
		await network.stop();
	}
});

/** One evening at one line. */
export class Evening {
	/** @type {import('puppeteer-core').BrowserContext[]} */ #contexts = [];
	/** @type {string[]} things the pages complained about */ complaints = [];

	/**
	 * @param {Server} line
	 * @param {Network} network
	 * @param {import('puppeteer-core').Browser} browser
	 */
	constructor(line, network, browser) {
		this.line = line;
		this.network = network;
		this.browser = browser;
	}

	/** A browser profile of its own: somebody else's machine. */
	async machine() {
		const c = await this.browser.createBrowserContext();
		this.#contexts.push(c);
		return c;
	}

	/**
	 * A new page in a profile; without one, on a machine of its own.
	 * @param {import('puppeteer-core').BrowserContext} [machine]
	 */
	async page(machine) {
		const p = await (machine ?? (await this.machine())).newPage(kind);
		p.setDefaultTimeout(20_000);
		surely(p);
		sized(p);
		await p.setViewport({ width: 1024, height: 768 });
		p.on('dialog', (d) => void d.accept().catch(() => undefined));
		p.on('pageerror', (err) => {
			const e = /** @type {Error} */ (err);
			// Firefox reports a cut network as an error of the page.
			if (!/can.t establish a connection|was interrupted while/.test(e.message)) this.complaints.push(`${new URL(p.url()).pathname}: ${e.stack ?? e}`);
		});
		return p;
	}

	/** @param {import('puppeteer-core').BrowserContext} [machine] */
	async visitor(machine) {
		const m = machine ?? (await this.machine());
		return new Visitor(this, await this.page(m), m);
	}

	/** The counsellor of the demonstration, logged in. */
	async counsellor() {
		const m = await this.machine();
		const c = new Counsellor(this, await this.page(m), m);
		await c.login();
		return c;
	}

	/** The supervisor of the demonstration, logged in. */
	async supervisor() {
		const m = await this.machine();
		const s = new Supervisor(this, await this.page(m), m);
		await s.login();
		return s;
	}

	/** Pictures of all pages. @param {string} title */
	async pictures(title) {
		let n = 0;
		for (const c of this.#contexts) {
			for (const p of await c.pages()) {
				await picture(p, `${title}-${++n}`).then((file) => console.log(`# picture: ${file}`), () => undefined);
			}
		}
	}

	async over() {
		for (const c of this.#contexts) await c.close().catch(() => undefined);
		for (const host of ['localhost', 'counsellor.localhost', 'supervisor.localhost']) this.network.set(host, 'open');
		await this.line.remove();
	}
}

/**
 * One journey: a sentence that must be true, and how it is tried. Visitors come
 * with the browser they have, so what a visitor sees or does is tried in both.
 * Staff are told which browser to use: a journey marked `staffOnly` looks at staff
 * pages alone (a visitor may be there to talk to) and is walked in Chromium only.
 * So is one that looks at what the server makes of hostile names and addresses.
 * Do not mark one that depends on what browsers do differently.
 * @param {string} sentence
 * @param {(e: Evening) => Promise<void>} walk
 * @param {{ visitors?: number, args?: string[], rota?: boolean, dark?: boolean, large?: boolean, staffOnly?: boolean, earnest?: boolean, tls?: boolean }} [how] how the line is started, with a rota or not, whether the browser asks for dark pages and has letters of twice the size, whether one browser is enough, whether the line runs in earnest (e.line is a Line then), and does TLS itself
 */
export function journey(sentence, walk, how = {}) {
	if (how.staffOnly && browserName !== 'chromium') {
		console.log(`# one browser is enough, walked in Chromium: ${sentence}`);
		return;
	}
	// Every step has a patience of its own; this only ends what hangs for another reason. Seven people who join one
	// after the other take minutes on a machine that is busy: a passphrase is stretched with idle time.
	test(sentence, { timeout: 480_000 }, async () => {
		const { browser, network } = await browserThatIs(how);
		const evening = new Evening(how.earnest ? await Line.begin(how) : await Server.start(how), network, browser);
		try {
			await walk(evening);
			if (evening.complaints.length) throw new Error(`the pages complained: ${evening.complaints.join('; ')}`);
		} catch (err) {
			console.log(`# ${browserName}: the server said:\n${evening.line.output.replaceAll(/^/gm, '# ')}`);
			await evening.pictures(`failed-${sentence.slice(0, 40)}`);
			throw err;
		} finally {
			await evening.over();
		}
	});
}
