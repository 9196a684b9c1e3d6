// @ts-check
// The week as a list, for a narrow screen: one day under the other, or one
// person. It is drawn anew from the same cells as the table, after each change.

import { inside, make } from './rotarows.js';

/**
 * @typedef {import('./rotarows.js').Cell} Cell
 * @typedef {import('./rotarows.js').Row} Row
 * @typedef {{Short: string, Date: string, Note: string, Today: boolean}} Day
 */

/** @param {Cell} c @param {Node[]} which */
function item(c, which) {
  const li = make('li', '', c.Class);
  li.append(...which, ...inside(c));
  return li;
}

/** @param {HTMLElement[]} items */
function list(items) {
  const ul = make('ul', '', 'cells');
  ul.append(...items);
  return items.length ? [ul] : [];
}

/** @param {Row} row @param {Day[]} days */
function person(row, days) {
  const h = make('h3', row.Href ? '' : row.Head);
  if (row.Href) {
    const a = make('a', row.Head);
    a.setAttribute('href', row.Href);
    h.append(a);
  }
  h.append(' ', make('span', row.Sub, 'sub'));
  return [h, ...list(row.Cells.flatMap((c, i) => {
    const d = days[i];
    return d && (c.Names?.length || c.Says?.length) ? [item(c, [make('span', `${d.Short} ${d.Date}`, 'which')])] : [];
  }))];
}

/** @param {Day} day @param {number} i @param {Row[]} rows */
function date(day, i, rows) {
  const h = make('h3', `${day.Short} ${day.Date} `, day.Today ? 'today' : '');
  if (day.Note) h.append(make('span', day.Note, 'note'));
  return [h, ...list(rows.flatMap((row) => {
    const c = row.Cells[i];
    if (!c?.ID) return [];
    const which = make('span', `${row.Head} `, 'which');
    which.setAttribute('aria-hidden', 'true'); // the link says it too
    which.append(make('span', row.Sub, 'sub'));
    return [item(c, [which])];
  }))];
}

/** @param {Row[]} rows @param {Day[]} days */
export function listed(rows, days) {
  const box = document.getElementById('days');
  if (!box) return;
  const all = box.classList.contains('byperson') ? rows.flatMap((row) => person(row, days)) : days.flatMap((day, i) => date(day, i, rows));
  box.replaceChildren(...all);
}
