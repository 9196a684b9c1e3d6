// A visitor whose browser runs no scripts: two frames, forms and nothing else.
import { until } from './until.mjs';

/** @typedef {import('./journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */

export class PlainVisitor {
	/** @param {Evening} evening @param {Page} page @param {import('puppeteer-core').BrowserContext} machine */
	constructor(evening, page, machine) {
		this.evening = evening;
		this.page = page;
		this.machine = machine;
	}

	/** @param {Evening} evening */
	static async on(evening) {
		const machine = await evening.machine();
		const page = await evening.page(machine);
		await page.setJavaScriptEnabled(false);
		return new PlainVisitor(evening, page, machine);
	}

	/** A frame by its name, in the document it shows now. @param {'words' | 'write'} name */
	async frame(name) {
		const handle = await this.page.$(`iframe[name=${name}]`);
		const frame = await handle?.contentFrame();
		await handle?.dispose();
		if (!frame) throw new Error(`there is no frame ${name}`);
		return frame;
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
		await Promise.all([this.page.waitForNavigation({ waitUntil: 'domcontentloaded' }), this.page.click(`button[name=door][value=${door}]`)]);
		await Promise.all([this.page.waitForNavigation({ waitUntil: 'domcontentloaded' }), this.page.click('form.go button[type=submit]')]);
		await until('the place is shown', async () => (await this.text('words')).length > 0);
	}

	/** Presses a button of a frame. @param {'words' | 'write'} name @param {string} what value of the button */
	async press(name, what) {
		await until(`${what} can be pressed`, async () => {
			const button = await (await this.frame(name)).$(`button[value=${what}]`);
			if (!button) throw new Error(await this.text(name));
			await button.click();
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
