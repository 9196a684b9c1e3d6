// @ts-check
// Draws the week again from what the server says of it: cells, rules, score.
// Everything is text: nothing here is read as markup.

import { listed } from './rotadays.js';

/**
 * @typedef {{ID: string, Name: string, Tag: string, Href: string, Pinned: boolean, Open: boolean}} Name
 * @typedef {{ID: string, Href: string, Class: string, Mark: string, Count: string, Says: string[]|null, Names: Name[]|null, Label: string}} Cell
 * @typedef {{Head: string, Sub: string, Href: string, Cells: Cell[]}} Row
 * @typedef {{Key: string, Text: string, Way: string, Taken: string}} Breach
 * @typedef {{Rule: string, Text: string}} Means
 * @typedef {{Summary: string, Gaps: string, More: string, Means: Means[]|null, HardN: number, AdvisoryN: number, NotesN: number, Hard: Breach[]|null, Advisory: Breach[]|null, Notes: Breach[]|null}} Panel
 * @typedef {{rows: Row[]|null, days: import('./rotadays.js').Day[], panel: Panel, undo: string, score: {Name: string, Amount: string, Points: string}[]|null, points: string}} Week
 */

/**
 * Makes an element with text in it.
 * @param {string} tag @param {string} text @param {string} [name] its class @returns {HTMLElement}
 */
export function make(tag, text, name = '') {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.textContent = text;
  return node;
}

/** @param {Name} n */
function nameOf(n) {
  const li = make('li', n.Href ? '' : n.Name, `${n.Pinned ? 'pinned' : ''} ${n.Open ? 'open' : ''}`.trim());
  li.dataset.place = n.ID;
  if (n.Href) {
    const a = make('a', n.Name);
    a.setAttribute('href', n.Href);
    li.append(a);
  }
  if (n.Tag) li.append(' ', make('span', n.Tag, 'as'));
  return li;
}

/** What a cell says. @param {Cell} c */
export function inside(c) {
  /** @type {(Node|string)[]} */ const out = [];
  const says = (c.Says ?? []).map((s) => make('span', s, 'says'));
  if (c.Href) {
    const a = make('a', '', 'gist');
    a.setAttribute('href', c.Href);
    const mark = make('span', c.Mark, 'mark');
    mark.setAttribute('aria-hidden', 'true');
    a.append(make('span', `${c.Label}: `, 'sr'), mark, make('b', c.Count), ...says);
    out.push(a);
  } else {
    out.push(...says);
  }
  if (c.Names?.length) {
    const ul = make('ul', '', 'on');
    ul.append(...c.Names.map(nameOf));
    out.push(ul);
  }
  return out;
}

/** @param {HTMLElement} td @param {Cell} c */
function cell(td, c) {
  const was = JSON.stringify(c);
  if (td.dataset.was === was) return;
  td.dataset.was = was;
  td.className = c.ID ? c.Class : 'none';
  td.dataset.id = c.ID;
  td.replaceChildren(...inside(c));
}

/** A row of the table, with as many cells as there are days. @param {number} days */
function row(days) {
  const tr = document.createElement('tr');
  tr.setAttribute('role', 'row');
  const th = document.createElement('th');
  th.setAttribute('scope', 'row');
  th.setAttribute('role', 'rowheader');
  tr.append(th);
  for (let n = 0; n < days; n++) {
    const td = document.createElement('td');
    td.setAttribute('role', 'gridcell');
    tr.append(td);
  }
  return tr;
}

/** @param {Element} th @param {Row} r */
function head(th, r) {
  const was = JSON.stringify([r.Head, r.Sub, r.Href]);
  if (!(th instanceof HTMLElement) || th.dataset.was === was) return;
  th.dataset.was = was;
  const name = make(r.Href ? 'a' : 'span', r.Head);
  if (r.Href) name.setAttribute('href', r.Href);
  th.replaceChildren(name, ' ', make('span', r.Sub, 'sub'));
}

/** @param {string} level @param {number} total @param {Breach[]|null} all */
function breaches(level, total, all) {
  const box = document.querySelector(`[data-level=${level}]`);
  if (!(box instanceof HTMLElement)) return;
  box.hidden = !all?.length;
  const count = box.querySelector('.count');
  if (count) count.textContent = String(total);
  box.querySelector('ul')?.replaceChildren(...(all ?? []).map((b) => {
    const li = document.createElement('li');
    li.append(make('span', b.Text), ' ', make('span', b.Taken || b.Way, b.Taken ? 'tag' : 'soft'));
    return li;
  }));
}

/** @param {string} id @param {string} text */
function put(id, text) {
  const node = document.getElementById(id);
  if (!node) return;
  node.hidden = text === '';
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} table @param {Week} week */
export function rows(table, week) {
  const body = table.querySelector('tbody');
  const all = week.rows ?? [];
  while (body && body.rows.length > all.length) body.deleteRow(-1);
  while (body && body.rows.length < all.length) body.append(row(week.days.length)); // somebody else has added one
  all.forEach((one, r) => {
    const [th, ...tds] = body?.rows[r]?.cells ?? [];
    if (th) head(th, one);
    tds.forEach((td, c) => {
      const is = one.Cells[c];
      if (is) cell(td, is);
    });
  });
  listed(all, week.days);
  put('rules-summary', week.panel.Summary);
  put('rules-gaps', week.panel.Gaps);
  breaches('hard', week.panel.HardN, week.panel.Hard);
  breaches('advisory', week.panel.AdvisoryN, week.panel.Advisory);
  breaches('note', week.panel.NotesN, week.panel.Notes);
  put('rules-more', week.panel.More);
  const means = document.getElementById('rules-means');
  if (means) means.hidden = !week.panel.Means?.length;
  means?.querySelector('ul')?.replaceChildren(...(week.panel.Means ?? []).map((m) => {
    const li = make('li', m.Text);
    li.dataset.rule = m.Rule;
    return li;
  }));
  const publish = document.getElementById('to-publish'); // the main thing to do, once nothing is missing
  if (publish) publish.hidden = week.panel.Gaps !== '';
  document.querySelector('form[data-fill] button')?.classList.toggle('quiet', week.panel.Gaps === '');
  put('points', week.points);
  document.getElementById('score')?.replaceChildren(...(week.score ?? []).map((s) => {
    const tr = document.createElement('tr');
    const th = make('th', s.Name);
    th.setAttribute('scope', 'row');
    tr.append(th, make('td', s.Amount), make('td', s.Points));
    return tr;
  }));
  const undo = document.querySelector('form[data-undo] button');
  const what = document.querySelector('[data-what]');
  if (undo instanceof HTMLButtonElement) undo.disabled = !week.undo;
  if (what) what.textContent = week.undo ? `: ${week.undo}` : '';
}
