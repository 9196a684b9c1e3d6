// @ts-check
// The words the staff's scripts put on the page. The server has put them into
// <template id="words">: the text, and the singular where there is one.

/** @type {Map<string, {text: string, one: string}>} */
const all = new Map();
const source = document.getElementById('words');
if (source instanceof HTMLTemplateElement) {
  for (const i of source.content.querySelectorAll('i')) {
    const text = i.textContent ?? '';
    all.set(i.dataset.k ?? '', { text, one: i.dataset.one ?? text });
  }
}

/** @typedef {{[name: string]: string|number}} Values */

/** @param {string} text @param {Values} values @returns {string} */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * The text of a key. A key nobody has comes back as it is.
 * @param {string} key @param {Values} [values] @returns {string}
 */
export const t = (key, values = {}) => fill(all.get(key)?.text ?? key, values);

/**
 * The text of a key for a number.
 * @param {string} key @param {number} count @param {Values} [values] @returns {string}
 */
export const n = (key, count, values = {}) => {
  const w = all.get(key);
  return fill((count === 1 ? w?.one : w?.text) ?? key, { n: count, ...values });
};

/** @param {string} key @returns {boolean} */
export const has = (key) => all.has(key);

/** @param {number} minutes whole @returns {string} */
export const waited = (minutes) => minutes < 1 ? t('desk.js.minutes.none') : n('desk.js.minutes', minutes);

/** @param {number} seconds @returns {string} such as 14:05 */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
