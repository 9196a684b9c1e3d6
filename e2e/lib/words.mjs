// The words on the screens, from the catalogues the program itself uses.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../templates/i18n');

/** @param {string} locale @returns {Record<string, string | Record<string, string>>} */
function read(locale) {
	const all = {};
	for (const file of readdirSync(folder)) {
		if (file.startsWith(`${locale}.`) && file.endsWith('.json')) Object.assign(all, JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
	}
	return all;
}

/** @type {Map<string, ReturnType<typeof read>>} */
const catalogues = new Map();

/** All words of a language; those of Flanders stand on those of the Netherlands. @param {string} locale @returns {ReturnType<typeof read>} */
export function catalogue(locale) {
	let c = catalogues.get(locale);
	if (!c) catalogues.set(locale, (c = { ...(locale === 'nl-BE' ? catalogue('nl') : {}), ...read(locale) }));
	return c;
}

/**
 * The text of a key, with {named} places filled.
 * @param {string} key @param {Record<string, string | number>} [values] @param {string} [locale]
 */
export function words(key, values = {}, locale = 'en') {
	const text = catalogue(locale)[key];
	if (typeof text !== 'string') throw new Error(`the catalogue ${locale} has no words for ${key}`);
	return text.replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The forms of a text, as one or as the plural needs them. @param {string | Record<string, string> | undefined} text */
const forms = (text) => typeof text === 'string' ? [text] : Object.values(text ?? {});

/**
 * What on a page of another language is English after all, or the name of a text
 * in the place of the text.
 * @param {string[]} shown every text of the page, one by one @param {string} locale
 */
export function strangers(shown, locale) {
	const english = catalogue('en');
	const own = catalogue(locale);
	const known = new Set(Object.values(own).flatMap(forms));
	/** @type {Set<string>} */ const whole = new Set();
	/** @type {RegExp[]} */ const filled = [];
	for (const [key, text] of Object.entries(english)) {
		if (own[key] === undefined) continue; // staff's
		for (const t of forms(text)) {
			if (known.has(t)) continue;
			if (!t.includes('{')) whole.add(t);
			else if (t.replaceAll(/\{\w+\}/g, '').length > 8) filled.push(new RegExp(`^${t.split(/\{\w+\}/).map((s) => s.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`));
		}
	}
	return shown.filter((t) => whole.has(t) || Object.hasOwn(english, t) || /\{\w+\}/.test(t)
		|| /\b(the|and|you|your|with|this|that|what|when)\b/i.test(t) || filled.some((f) => f.test(t)));
}
