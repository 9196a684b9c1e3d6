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

/**
 * The text of a key, with {named} places filled.
 * @param {string} key @param {Record<string, string | number>} [values] @param {string} [locale]
 */
export function words(key, values = {}, locale = 'en') {
	let c = catalogues.get(locale);
	if (!c) catalogues.set(locale, (c = read(locale)));
	const text = c[key];
	if (typeof text !== 'string') throw new Error(`the catalogue ${locale} has no words for ${key}`);
	return text.replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
