// The people of a journey. They look at what stands on the screen and do what
// a person does: press, type, wait until something is there.
import { until } from './until.mjs';

/** @typedef {import('./journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').BrowserContext} Machine */
/** @typedef {{ text: string, mine: boolean, state: string }} Message one message as it is shown; state: sending, held, delivered, lost or unknown for an own one */

/** Where things stand on a page. @typedef {{ box: string, ended: string, taken: string, use: string, end: string, sure: string }} Places */

/** Somebody in front of a page. */
class Person {
	/** @type {Places} */ places = { box: '', ended: '', taken: '', use: '', end: '', sure: '' };

	/** @param {Evening} evening @param {Page} page @param {Machine} machine */
	constructor(evening, page, machine) {
		this.evening = evening;
		this.page = page;
		this.machine = machine;
	}

	/** Whether an element is there and can be seen. @param {string} selector */
	sees(selector) {
		return this.page.evaluate((s) => {
			return [...document.querySelectorAll(s)].some((e) => e.checkVisibility({ visibilityProperty: true }));
		}, selector);
	}

	/** Waits until an element can be seen. @param {string} selector @param {number} [patience] */
	toSee(selector, patience) {
		return until(`${this.constructor.name} sees ${selector}`, () => this.sees(selector), patience);
	}

	/** Waits until an element is gone or hidden. @param {string} selector */
	notToSee(selector) {
		return until(`${this.constructor.name} no longer sees ${selector}`, async () => !(await this.sees(selector)));
	}

	/** Presses a button or link once it can be pressed. @param {string} selector */
	async press(selector) {
		await until(`${this.constructor.name} can press ${selector}`, () => this.page.evaluate((s) => {
			const e = document.querySelector(s);
			return e instanceof HTMLElement && e.checkVisibility() && !(/** @type {HTMLButtonElement} */ (e).disabled);
		}, selector));
		// The bar that stays at the top may lie over it: a person moves the page a little.
		await this.page.evaluate((s) => {
			const e = document.querySelector(s);
			const at = e?.getBoundingClientRect();
			if (!e || !at) return;
			const over = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
			if (over?.closest('.bar') && !e.closest('.bar')) e.scrollIntoView({ block: 'center', behavior: 'instant' });
		}, selector);
		await this.page.click(selector);
	}

	/** Presses what leads to another page and waits for that page. @param {string} selector @param {number} [patience] */
	async follow(selector, patience) {
		const old = await this.page.evaluateHandle(() => document);
		await this.press(selector);
		await until(`${this.constructor.name} comes to another page after ${selector}`, async () => {
			const same = await this.page.evaluate((d) => d === document, old).catch(() => false);
			return !same && (await this.page.evaluate(() => document.readyState)) === 'complete';
		}, patience);
	}

	/** All text a person can see on the page. */
	text() {
		return this.page.evaluate(() => document.body?.innerText ?? '');
	}

	/** Waits until the page shows a text somewhere. @param {string} text @param {number} [patience] */
	toRead(text, patience) {
		return until(`${this.constructor.name} reads "${text}"`, async () => (await this.text()).includes(text), patience);
	}

	/** The messages on the screen, in their order. @returns {Promise<Message[]>} */
	messages() {
		return this.page.evaluate(() => [...document.querySelectorAll('[role=log] .said')].filter((e) => e.checkVisibility()).map((e) => ({
			text: [...(e.querySelector('.text')?.childNodes ?? [])].filter((n) => !(n instanceof Element && n.matches('.sr'))).map((n) => n.textContent).join(''),
			mine: e.classList.contains('mine'),
			state: /** @type {HTMLElement} */ (e).dataset['state'] ?? '',
		})));
	}

	/** The texts on the screen, in their order. */
	async texts() {
		return (await this.messages()).map((m) => m.text);
	}

	/** Waits until a message stands in the conversation. @param {string} text @param {number} [patience] */
	toGet(text, patience) {
		return until(`${this.constructor.name} gets "${text}"`, async () => (await this.texts()).includes(text), patience);
	}

	/** Waits until an own message is in a state of delivery. @param {string} text @param {string} state @param {number} [patience] */
	toKnow(text, state, patience) {
		let now = '';
		return until(`${this.constructor.name} knows that "${text}" is: ${state}`, async () => {
			now = (await this.messages()).find((m) => m.text === text && m.mine)?.state ?? 'not there';
			if (now === state) return true;
			throw new Error(`it is: ${now}`);
		}, patience);
	}

	/** Types into the message box without sending. @param {string} text */
	async type(text) {
		await this.toSee(this.places.box);
		await this.page.focus(this.places.box);
		await this.page.keyboard.type(text);
	}

	/** What stands unsent in the message box. */
	unsent() {
		return this.page.evaluate((s) => /** @type {HTMLTextAreaElement} */ (document.querySelector(s)).value, this.places.box);
	}

	/** Puts a text into the message box at once, as pasting does. @param {string} text */
	async paste(text) {
		await this.toSee(this.places.box);
		await this.page.focus(this.places.box);
		await this.page.evaluate((s, t) => {
			const box = /** @type {HTMLTextAreaElement} */ (document.querySelector(s));
			box.value = t;
			box.dispatchEvent(new Event('input', { bubbles: true }));
		}, this.places.box, text);
	}

	/** Waits until the message box can be written in. */
	async toTalk() {
		await this.toSee(this.places.box);
	}

	/** Waits until the page says that the conversation is over. @param {number} [patience] */
	async toEnd(patience) {
		await this.toSee(this.places.ended, patience);
	}

	/** Ends the conversation by the button, and confirms it. */
	async end() {
		await this.press(this.places.end);
		await this.press(this.places.sure);
	}

	/** Writes a message and sends it by Enter. @param {string} text */
	async say(text) {
		await this.type(text);
		await this.page.keyboard.press('Enter');
	}

	/** Says something and waits until it has arrived at the other side. @param {string} text */
	async tell(text) {
		await this.say(text);
		await this.toKnow(text, 'delivered');
	}

	/** Loads the page again, as a person does. */
	async reload() {
		await this.page.reload({ waitUntil: 'domcontentloaded' });
	}
}

export class Visitor extends Person {
	/** @type {Places} */ places = {
		box: '#box', ended: '#after', taken: '#taken', use: '#here', end: '#talking [data-end]', sure: '#endyes',
	};

	/** Opens the front page. @param {string} [locale] */
	async open(locale = 'en') {
		await this.page.goto(`${this.evening.line.visitor}/${locale}/`);
	}

	/** Goes through door and promise into the queue. @param {string} [door] @param {string} [locale] */
	async arrive(door = 'self', locale = 'en') {
		await this.open(locale);
		await this.follow(`button[name=door][value=${door}]`);
		await this.follow('form.go button[type=submit]');
		await this.toSee('#waiting, #ready, #talking');
	}

	/** Answers the ready question with yes. */
	async ready() {
		await this.press('#yes');
	}

}

/** Somebody of the staff, logged in by a link of the demonstration. */
class Staff extends Person {
	/** @type {'counsellor' | 'supervisor'} */ role = 'counsellor';

	/** Follows the tour's one-use link and presses its one button. */
	async login() {
		await this.page.goto(`${this.evening.line.visitor}/tour`);
		const link = await this.page.evaluate((role) => document.querySelector(`[data-link=${role}]`)?.getAttribute('href'), this.role);
		if (!link) throw new Error(`the tour has no link for the ${this.role}`);
		await this.page.goto(new URL(link, this.evening.line.visitor).href);
		await this.follow('#in');
	}

	/** Goes to a page by the navigation, whose groups are opened by key. @param {string} href */
	async go(href) {
		const link = `.places a[href="${href}"]`;
		if (!(await this.sees(link))) {
			await this.page.focus(`.places details:has([href="${href}"]) summary`);
			await this.page.keyboard.press('Enter');
		}
		await this.follow(link);
	}
}

export class Counsellor extends Staff {
	/** @type {Places} */ places = {
		box: '#say', ended: '#middle [data-over]', taken: '#middle [data-taken]', use: '#middle [data-use]',
		end: '#middle [data-finish]', sure: '#ending [data-end=done]',
	};

	/** Goes on duty. */
	async onDuty() {
		await this.press('#on');
		await this.toSee('#on[aria-pressed=true]');
	}

	/** Asks for the next visitor. */
	async next() {
		await this.press('#next');
	}

	/** Takes the visitor who has said that they are ready. */
	async accept() {
		await this.press('#accept');
		await this.toTalk();
	}

	/** What the desk says about the visitor's line. */
	presence() {
		return this.page.evaluate(() => document.querySelector('#middle [data-presence]')?.textContent?.trim() ?? '');
	}
}

export class Supervisor extends Staff {
	/** @type {'counsellor' | 'supervisor'} */ role = 'supervisor';
}

/**
 * Two people who talk: the visitor has come through the front door, the
 * counsellor has accepted.
 * @param {Evening} evening
 * @param {{ door?: string, locale?: string }} [how]
 */
export async function together(evening, { door = 'self', locale = 'en' } = {}) {
	const counsellor = await evening.counsellor();
	await counsellor.onDuty();
	const visitor = await evening.visitor();
	await visitor.arrive(door, locale);
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	return { visitor, counsellor };
}
