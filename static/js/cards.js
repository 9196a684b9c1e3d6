// @ts-check
// Cards: a place to go for help, and steps agreed together, as both pages show
// them. Everything in a card becomes a text node. A link is made only of an
// https: or tel: address of the directory's own card, which the server has
// compared with the directory before it placed it; it is looked at here again.

import { visible } from './text.js';

/** @typedef {{kind: string, text: string, href?: string}} Way */
/**
 * @typedef {object} Card
 * @property {string} provider
 * @property {string} name
 * @property {{[row: string]: string}} facts in the order of the rows below
 * @property {Way[]} contacts
 * @property {string} checked year and month
 * @property {boolean} old
 * @property {boolean} demo
 * @property {string} lang
 */
/** @typedef {{card: Card, steps?: undefined}|{steps: string[], card?: undefined}} Found */
/** @typedef {(key: string, values?: {[name: string]: string|number}) => string} Say a word of the page, after js.card. */

const rows = ['first', 'cost', 'anonymous', 'not', 'wait', 'where'];

/** @param {unknown} x @param {number} most @returns {string} */
const text = (x, most) => typeof x === 'string' && x.length <= most ? x.trim() : '';

/**
 * Reads what a counsellor sent when it is not words.
 * @param {string} body @returns {Found|null}
 */
export const read = (body) => {
  if (!/^\{"(card|steps)":/.test(body)) return null;
  try {
    const b = JSON.parse(body);
    if (Array.isArray(b.steps)) {
      const steps = b.steps.map((/** @type {unknown} */ s) => text(s, 200)).filter(Boolean);
      return steps.length && steps.length <= 8 ? { steps } : null;
    }
    const c = b.card;
    const name = text(c?.name, 300);
    if (!name) return null;
    const ways = Array.isArray(c.contacts) ? c.contacts.slice(0, 8) : [];
    return {
      card: {
        provider: text(c.provider, 64),
        name,
        facts: Object.fromEntries(rows.map((row) => [row, text(c[row], 1000)])),
        contacts: ways.map((/** @type {any} */ w) => ({ kind: text(w?.kind, 16), text: text(w?.text, 300), href: text(w?.href, 500) })).filter((/** @type {Way} */ w) => w.text),
        checked: text(c.checked, 10),
        old: c.old === true,
        demo: c.demo === true,
        lang: text(c.lang, 12),
      },
    };
  } catch {
    return null;
  }
};

/** @param {string|undefined} href @returns {'tel'|'web'|''} what may be made of it */
const kind = (href = '') => {
  if (/^tel:\+?\d{2,15}$/.test(href)) return 'tel';
  try {
    const u = new URL(href);
    return u.protocol === 'https:' && !u.username && !u.password ? 'web' : '';
  } catch {
    return '';
  }
};

/** @template {keyof HTMLElementTagNameMap} K @param {K} name @param {string} [words] @param {string} [look] @returns {HTMLElementTagNameMap[K]} */
const make = (name, words = '', look = '') => {
  const node = document.createElement(name);
  if (words) node.textContent = visible(words);
  if (look) node.className = look;
  return node;
};

/** @param {Way} way @param {Say} say @returns {HTMLElement} */
const reach = (way, say) => {
  const to = kind(way.href);
  const item = make('li');
  if (to) {
    const a = make('a', say(to, { text: way.text }));
    a.href = way.href ?? '';
    if (to === 'web') {
      a.target = '_blank';
      a.rel = 'noreferrer noopener';
    }
    item.append(a);
  } else item.append(visible(way.text));
  return item;
};

/**
 * Builds a card. The button that copies it is there when told to whom.
 * @param {Found} found @param {Say} say
 * @returns {HTMLElement}
 */
export const build = (found, say) => {
  const box = make('section', '', 'slip');
  if (found.steps) {
    box.append(make('b', say('steps')));
    const list = make('ol', '', 'numbers');
    for (const step of found.steps) list.append(make('li', step));
    box.append(list);
  } else {
    const c = found.card;
    box.append(make('span', say(c.demo ? 'demo' : 'place'), 'small'), make('b', c.name));
    const facts = make('dl');
    for (const row of rows) {
      const words = c.facts[row];
      if (!words) continue;
      const pair = make('div');
      const value = make('dd', words);
      if (c.lang) value.lang = c.lang;
      pair.append(make('dt', say(row)), value);
      facts.append(pair);
    }
    const ways = make('ul', '', 'ways');
    ways.append(...c.contacts.map((w) => reach(w, say)));
    box.append(facts, ways);
    if (c.contacts.some((w) => kind(w.href) === 'web')) box.append(make('p', say('leaves'), 'small'));
    if (c.old) box.append(make('p', say('old', { date: c.checked }), 'small warn'));
    else if (c.checked) box.append(make('p', say('checked', { date: c.checked }), 'small'));
  }
  box.append(copier(() => plain(found, say), say('copy'), say));
  return box;
};

/**
 * A button that copies a text and says whether it worked.
 * @param {() => string} words @param {string} label @param {Say} say @returns {HTMLElement}
 */
export const copier = (words, label, say) => {
  const row = make('p', '', 'row copier');
  const button = make('button', label, 'button quiet');
  button.type = 'button';
  const told = make('span', '', 'small');
  told.setAttribute('role', 'status');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(words()).then(() => say('copied'), () => say('uncopied')).then((said) => { told.textContent = said; });
  });
  row.append(button, told);
  return row;
};

/**
 * A card as text, to be copied.
 * @param {Found} found @param {Say} say @returns {string}
 */
export const plain = (found, say) => {
  if (found.steps) return [say('steps'), ...found.steps.map((s, i) => `${i + 1}. ${visible(s)}`)].join('\n');
  const c = found.card;
  const lines = [c.name, ...rows.filter((row) => c.facts[row]).map((row) => `${say(row)}: ${c.facts[row]}`)];
  for (const w of c.contacts) lines.push(kind(w.href) === 'web' && !w.text.includes('://') ? `${w.text}: ${w.href}` : w.text);
  if (c.old || c.checked) lines.push(say(c.old ? 'old' : 'checked', { date: c.checked }));
  return lines.map(visible).join('\n');
};
