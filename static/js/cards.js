// @ts-check
// Cards: a place to go for help, and steps agreed together, as both pages show
// them. Everything in a card becomes a text node. A link is made only of an
// https: or tel: address of the directory's own card, which the server has
// compared with the directory before it placed it; it is looked at here again.

import { visible } from './text.js';

/** @typedef {{label: string, link: string}} Way */
/**
 * @typedef {object} Card
 * @property {string} id of the provider
 * @property {string} name
 * @property {string} of
 * @property {{[row: string]: string[]}} facts
 * @property {Way[]} reach
 * @property {string} checked year, month and day, as far as known
 * @property {boolean} old nobody has checked it lately
 */
/** @typedef {{keep: string, of: string, card?: undefined, steps?: undefined}} Kept a continuity card; of is the thread, once it is kept */
/** @typedef {{card: Card, steps?: undefined, keep?: undefined}|{steps: string[], card?: undefined, keep?: undefined}|Kept} Found */
/** @typedef {(key: string, values?: {[name: string]: string|number}) => string} Say a word of the page, after js.card. */

const rows = ['first', 'cost', 'anonymity', 'wait', 'excludes'];

/** @param {unknown} x @param {number} most @returns {string} */
const text = (x, most) => typeof x === 'string' && x.length <= most ? x.trim() : '';

/** @param {unknown} x @param {number} most @returns {string[]} one text or several */
const texts = (x, most) => (Array.isArray(x) ? x.slice(0, 8) : [x]).map((one) => text(one, most)).filter(Boolean);

/**
 * Reads what a visitor's page said when it is not words: the card behind a
 * return code. It has passed the server, which lets no other one through; at a
 * desk it counts in the conversation in which it was opened only.
 * @param {string} body @param {string} [contact] @returns {Kept|null}
 */
export const kept = (body, contact) => {
  if (!body.startsWith('{"kept":')) return null;
  try {
    const b = JSON.parse(body);
    if (contact && b.in !== contact) return null;
    return { keep: text(b.kept, 600), of: text(b.of, 22) };
  } catch {
    return null;
  }
};

/**
 * Reads what a counsellor sent when it is not words.
 * @param {string} body @returns {Found|null}
 */
export const read = (body) => {
  if (!/^\{"(card|steps|keep)":/.test(body)) return null;
  try {
    const b = JSON.parse(body);
    const keep = text(b.keep, 600);
    if (keep) return { keep, of: '' };
    const steps = texts(b.steps, 200);
    if (steps.length) return { steps };
    const c = b.card;
    const name = text(c.name, 200);
    if (!name) return null;
    return {
      card: {
        id: text(c.id, 64),
        name,
        of: text(c.of, 200),
        facts: Object.fromEntries(rows.map((row) => [row, texts(c[row], 2000)])),
        reach: (c.reach ?? []).slice(0, 8).map((/** @type {Way} */ w) => ({ label: text(w.label, 200), link: text(w.link, 500) })),
        checked: text(c.checked_on, 10),
        old: c.check_first === true,
      },
    };
  } catch {
    return null;
  }
};

/** @param {string} link @returns {'tel'|'web'|''} what may be made of it */
const kind = (link) => {
  if (/^tel:\+?\d{2,15}(;ext=\d{1,6})?$/.test(link)) return 'tel';
  try {
    const u = new URL(link);
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
  const to = kind(way.link);
  const item = make('li');
  if (to) {
    const a = make('a', to === 'tel' ? say('tel', { number: way.label }) : way.label);
    a.href = way.link;
    if (to === 'web') {
      a.target = '_blank';
      a.rel = 'noreferrer noopener';
    }
    item.append(a);
  } else item.append(visible(way.label));
  return item;
};

/**
 * Builds what is shown of a card.
 * @param {Found} found @param {Say} say @param {boolean} [copies] with a button that copies it
 * @returns {HTMLElement}
 */
export const build = (found, say, copies = true) => {
  const box = make('section', '', 'slip');
  if (found.steps) {
    box.append(make('b', say('steps')));
    const list = make('ol', '', 'numbers');
    list.append(...found.steps.map((step) => make('li', step)));
    box.append(list);
  } else if (!found.card) {
    box.append(make('b', say(found.of ? 'kept' : 'keep')), make('p', found.keep || say('nocard'), 'kept-words'));
  } else {
    const c = found.card;
    const facts = make('dl');
    for (const row of rows) {
      const all = c.facts[row] ?? [];
      if (!all.length) continue;
      const pair = make('div');
      pair.append(make('dt', say(row)), ...all.map((one) => make('dd', one)));
      facts.append(pair);
    }
    const ways = make('ul', '', 'ways');
    ways.append(...c.reach.map((w) => reach(w, say)));
    const gaps = unknown(c, say);
    box.append(make('b', c.name), ...(c.of ? [make('span', c.of, 'small')] : []), facts, ...(gaps ? [make('p', gaps, 'small')] : []), ways);
    if (c.reach.some((w) => kind(w.link) === 'web')) box.append(make('p', say('leaves'), 'small'));
    box.append(make('p', standing(c, say), c.old ? 'small unsure' : 'small'));
  }
  if (copies) box.append(copier(() => plain(found, say), say('copy'), say));
  return box;
};

/** @param {Card} c @param {Say} say @returns {string} what a person would want to know and the directory does not */
const unknown = (c, say) => {
  const gaps = rows.filter((row) => !c.facts[row]?.length).map((row) => say(`unknown-${row}`));
  return gaps.length ? say('unknown', { what: gaps.join(', ') }) : '';
};

/** @param {Card} c @param {Say} say @returns {string} how far the card can be relied on */
const standing = (c, say) => {
  const date = /^\d{4}-\d\d/.test(c.checked)
    ? new Date(`${c.checked.slice(0, 7)}-15`).toLocaleDateString(document.documentElement.lang, { year: 'numeric', month: 'long' }) : c.checked;
  return say(!c.old ? 'checked' : date ? 'old' : 'unchecked', { date });
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
  if (!found.card) return `${say('keep')}\n${visible(found.keep)}`;
  const c = found.card;
  const lines = [c.name, c.of, ...rows.map((row) => c.facts[row]?.length ? `${say(row)}: ${c.facts[row].join(' ')}` : ''), unknown(c, say)];
  lines.push(...c.reach.map((w) => kind(w.link) === 'web' ? w.link : w.label), standing(c, say));
  return lines.filter(Boolean).map(visible).join('\n');
};
