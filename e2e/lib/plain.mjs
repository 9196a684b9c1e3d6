// A visitor whose browser runs no scripts: two frames, forms and nothing else.
import { after } from 'node:test';
import { launch, name } from './browser.mjs';
import { until } from './until.mjs';

/** @typedef {import('./journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */

/** Firefox has scripts or has not, as a whole. @type {Promise<import('puppeteer-core').Browser> | undefined} */
let own;
after(async () => (await own)?.close());

export class PlainVisitor {
	/** @param {Evening} evening @param {Page} page @param {import('puppeteer-core').BrowserContext} machine */
	constructor(evening, page, machine) {
		this.evening = evening;
		this.page = page;
		this.machine = machine;
	}

	/** @param {Evening} evening */
	static async on(evening) {
		const firefox = name === 'firefox';
		const machine = firefox ? await (await (own ??= launch(evening.network, { scripts: false }))).createBrowserContext() : await evening.machine();
		const page = await evening.page(machine);
		if (!firefox) await page.setJavaScriptEnabled(false);
		return new PlainVisitor(evening, page, machine);
	}

	/** A frame by its name, in the document it shows now. @param {'words' | 'write'} name */
	async frame(name) {
		const handle = await this.page.$(`iframe[name=${name}]`);
		const frame = await handle?.contentFrame();
		await handle?.dispose();
		if (!frame) throw new Error(`there is no frame ${name}`);
		const inner = await frame.$('iframe.whole'); // the stream
		return (await inner?.contentFrame()) ?? frame;
	}

	/** What a frame shows. @param {'words' | 'write'} name */
	async text(name) {
		return (await this.frame(name)).evaluate(() => document.body?.innerText ?? '');
	}

	/** @param {'words' | 'write'} name @param {string} text @param {number} [patience] */
	toRead(name, text, patience) {
		let now = '';
		return until(`the frame ${name} shows "${text}"`, async () => {
			now = await this.text(name);
			if (now.includes(text)) return true;
			throw new Error(`it shows: ${now}`);
		}, patience);
	}

	/** Goes through door and promise into the queue. @param {string} [door] @param {string} [locale] */
	async arrive(door = 'self', locale = 'en') {
		await this.page.goto(`${this.evening.line.visitor}/${locale}/`);
		await this.follow(`button[name=door][value=${door}]`);
		await this.follow('form.go button[type=submit]');
		await until('the place is shown', async () => (await this.text('words')).length > 0);
	}

	/** Presses what leads the whole page on. Without scripts nothing tells that a press has landed, so it is pressed in the page. @param {string} selector */
	async follow(selector) {
		await Promise.all([
			this.page.waitForNavigation({ waitUntil: 'domcontentloaded' }),
			this.page.$eval(selector, (e) => /** @type {HTMLElement} */ (e).click()),
		]);
	}

	/** Presses a button of a frame. @param {'words' | 'write'} name @param {string} what value of the button */
	async press(name, what) {
		await until(`${what} can be pressed`, async () => {
			const button = await (await this.frame(name)).$(`button[value=${what}]`);
			if (!button) throw new Error(await this.text(name));
			await button.evaluate((e) => /** @type {HTMLElement} */ (e).click());
			return true;
		});
	}

	/** Types into the box without sending. @param {string} text */
	async type(text) {
		await until('the box can be written in', async () => Boolean(await (await this.frame('write')).$('#box')));
		await (await this.frame('write')).type('#box', text);
	}

	/** What stands in the box. */
	async unsent() {
		return (await this.frame('write')).$eval('#box', (e) => /** @type {HTMLTextAreaElement} */ (e).value);
	}

	/** @param {string} text */
	async say(text) {
		await this.type(text);
		await this.press('write', 'say');
		await this.toRead('words', text);
		// The box is a page of its own, and may come after the words: what is typed into the old one is lost.
		await until('the box is empty again', async () => (await this.unsent()) === '');
	}

	/** The messages on the screen. */
	async messages() {
		return (await this.frame('words')).evaluate(() => [...document.querySelectorAll('.log .said')].map((e) => ({
			text: [...(e.querySelector('.text')?.childNodes ?? [])].filter((n) => !(n instanceof Element && n.matches('.sr'))).map((n) => n.textContent).join('').trim(),
			mine: e.classList.contains('mine'),
			state: [...e.querySelectorAll('.state span')].filter((s) => s.checkVisibility()).map((s) => s.textContent).join(''),
		})));
	}

	async texts() {
		return (await this.messages()).map((m) => m.text);
	}
}
