// Somebody who works with the keys alone, and how long that takes a person: the
// keystroke-level model, in which every key costs a time and every decision one.
import { until } from './until.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').KeyInput} KeyInput */

/** Seconds for a key (somebody who types 40 words a minute), for a decision, and for a word that is read (240 a minute). */
const KEY = 0.28;
const DECISION = 1.35;
const WORD = 0.25;
/** How often Tab is pressed for one thing before it counts as out of reach. */
const FAR = 150;

export class Hands {
	keys = 0;
	decisions = 0;
	words = 0;
	/** @type {Set<string>} kinds of page that were read once */ #read = new Set();
	#began = performance.now();

	/** @param {Page} page */
	constructor(page) {
		this.page = page;
	}

	/** Presses a key. @param {string} key @param {number} [times] */
	async press(key, times = 1) {
		for (let i = 0; i < times; i++) {
			this.keys++;
			await this.page.keyboard.press(/** @type {KeyInput} */ (key));
		}
	}

	/** Types into what has the focus, in the place of what stands there. @param {string} text */
	async type(text) {
		this.keys += text.length + 2;
		this.decisions++;
		await this.page.keyboard.down('Control');
		await this.page.keyboard.press('a');
		await this.page.keyboard.up('Control');
		if (text === '') await this.page.keyboard.press('Delete');
		await this.page.keyboard.type(text);
	}

	/** Whether the focus is on something. @param {string} selector */
	on(selector) {
		return this.page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);
	}

	/**
	 * Goes to something by Tab, from where the focus is. On a page that was just
	 * opened what stands above the page itself is skipped first.
	 * @param {string} selector @param {'on' | 'back'} [way]
	 */
	async reach(selector, way = 'on') {
		this.decisions++;
		const fresh = await this.page.evaluate((s) => document.activeElement === document.body && document.querySelector(`main ${s}`) !== null, selector);
		if (fresh) {
			await this.press('Tab');
			if (!(await this.on('.skip'))) throw new Error('the first thing on a page does not skip to its content');
			await this.press('Enter');
		}
		for (let n = 0; n <= FAR; n++) {
			if (await this.on(selector)) return;
			if (way === 'back') await this.page.keyboard.down('Shift');
			await this.press('Tab');
			if (way === 'back') await this.page.keyboard.up('Shift');
		}
		throw new Error(`${selector} is not reached by ${FAR} Tabs on ${this.page.url()}; the focus is on ${await this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`);
	}

	/** Presses a key that leads to another page, waits for it and reads it. @param {string} [key] @param {number} [patience] */
	async go(key = 'Enter', patience) {
		const old = await this.page.evaluateHandle(() => document);
		await this.press(key);
		await until(`the key ${key} leads to another page`, async () => {
			const same = await this.page.evaluate((d) => d === document, old).catch(() => false);
			return !same && (await this.page.evaluate(() => document.readyState)) === 'complete';
		}, patience);
		await this.read();
	}

	/** Reads a page: all of it when such a page was not seen before, else its heading and what was done. */
	async read() {
		this.decisions++;
		const kind = new URL(this.page.url()).pathname.replaceAll(/\/[0-9a-f]{16,}|\/[\w-]{20,}/g, '/*');
		const text = await this.page.evaluate((whole) => {
			const of = (/** @type {Element | null} */ n) => (n instanceof HTMLElement ? n.innerText : '');
			return whole ? of(document.querySelector('main')) : [...document.querySelectorAll('main h1, main [role=status], main [role=alert]')].map(of).join(' ');
		}, !this.#read.has(kind));
		this.#read.add(kind);
		this.words += text.split(/\s+/).length;
	}

	/** Goes to a thing and presses Enter on it, which leads on. @param {string} selector @param {'on' | 'back'} [way] @param {number} [patience] */
	async follow(selector, way, patience) {
		await this.reach(selector, way);
		await this.go('Enter', patience);
	}

	/** Goes to a field and writes into it. @param {string} selector @param {string} text */
	async fill(selector, text) {
		await this.reach(selector);
		await this.type(text);
	}

	/** Goes to a place of the navigation, whose groups open by Enter. @param {string} href */
	async place(href) {
		const link = `.places a[href="${href}"]`;
		if (!(await this.page.evaluate((s) => document.querySelector(s)?.checkVisibility() ?? false, link))) {
			await this.reach(`.places details:has([href="${href}"]) > summary`);
			await this.press('Enter');
		}
		await this.follow(link);
	}

	/** Minutes a person takes: by the model, and all the time that the machine took. */
	minutes() {
		const model = this.keys * KEY + this.decisions * DECISION + this.words * WORD;
		return (model + (performance.now() - this.#began) / 1000) / 60;
	}

	/** What it came to, in a sentence. */
	toString() {
		return `${this.keys} keys, ${this.decisions} decisions, ${this.words} words read: ${this.minutes().toFixed(1)} minutes, the machine's own included`;
	}
}
