// Keys pressed together, and a note answered by single keys.
import { until } from './until.mjs';

/** @typedef {import('./people.mjs').Counsellor} Counsellor */
/** @typedef {import('puppeteer-core').KeyInput} KeyInput */

/** @param {Counsellor} who @param {string} modifier @param {string} key */
export async function chord(who, modifier, key) {
	await who.page.keyboard.down(/** @type {KeyInput} */ (modifier));
	await who.page.keyboard.press(/** @type {KeyInput} */ (key));
	await who.page.keyboard.up(/** @type {KeyInput} */ (modifier));
}

/** Answers the question that is open, by its words, with the key that stands beside them. @param {Counsellor} who @param {string} key @param {string} code */
export async function answer(who, key, code) {
	const letter = await until(`the question ${key} is open`, () => who.page.evaluate((k, c) => {
		const q = document.querySelector(`#note [data-question=${k}].here`);
		const box = q?.querySelector(`input[value="${c}"]`);
		return q?.contains(document.activeElement) && box instanceof HTMLInputElement && box.dataset['key'];
	}, key, code));
	await who.page.keyboard.press(/** @type {KeyInput} */ (letter));
}

/** The question that has the focus. @param {Counsellor} who @param {string} key */
export const asked = (who, key) => until(`the question ${key} has the focus`, () => who.page.evaluate((k) => !!document.activeElement?.closest(`#note [data-question=${k}]`), key));

/** A note of a contact elsewhere, from the channel on, by single keys. @param {Counsellor} who @param {string} channel @param {string} text */
export async function fill(who, channel, text) {
	await answer(who, 'channel', channel);
	await answer(who, 'door', 'relative');
	await answer(who, 'group', 'adult');
	for (const key of ['return', 'concern', 'level']) {
		await asked(who, key);
		await who.page.keyboard.press('Enter');
	}
	await answer(who, 'suicide', 'none');
	await answer(who, 'child', 'concern');
	for (const key of ['age', 'region', 'heard', 'steps', 'referral', 'answer', 'raised']) {
		await asked(who, key);
		await who.page.keyboard.press('Enter');
	}
	await answer(who, 'ended', 'agreed');
	await until('the words have the focus', () => who.page.evaluate(() => document.activeElement?.matches('#note textarea')));
	await who.page.keyboard.type(text);
}
