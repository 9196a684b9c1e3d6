// @ts-check
// Draws the week again from what the server says of it: cells, rules, score.
// Everything is text: nothing here is read as markup.

/**
 * @typedef {{ID: string, Name: string, Tag: string, Href: string, Pinned: boolean, Open: boolean}} Name
 * @typedef {{ID: string, Href: string, Class: string, Mark: string, Count: string, Says: string[]|null, Names: Name[]|null, Label: string}} Cell
 * @typedef {{Head: string, Sub: string, Cells: Cell[]}} Row
 * @typedef {{Key: string, Text: string, Way: string, Taken: string}} Breach
 * @typedef {{Summary: string, Gaps: string, More: string, HardN: number, AdvisoryN: number, NotesN: number, Hard: Breach[]|null, Advisory: Breach[]|null, Notes: Breach[]|null}} Panel
 * @typedef {{rows: Row[]|null, panel: Panel, undo: string, score: {Name: string, Amount: string, Points: string}[]|null, points: string}} Week
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

/** @param {HTMLElement} td @param {Cell} c */
function cell(td, c) {
  const was = JSON.stringify(c);
  if (td.dataset.was === was) return;
  td.dataset.was = was;
  td.className = c.ID ? c.Class : 'none';
  td.dataset.id = c.ID;
  /** @type {(Node|string)[]} */ const inside = [];
  const says = (c.Says ?? []).map((s) => make('span', s, 'says'));
  if (c.Href) {
    const a = make('a', '', 'gist');
    a.setAttribute('href', c.Href);
    const mark = make('span', c.Mark, 'mark');
    mark.setAttribute('aria-hidden', 'true');
    a.append(make('span', `${c.Label}: `, 'sr'), mark, make('b', c.Count), ...says);
    inside.push(a);
  } else {
    inside.push(...says);
  }
  if (c.Names?.length) {
    const ul = make('ul', '', 'on');
    ul.append(...c.Names.map(nameOf));
    inside.push(ul);
  }
  td.replaceChildren(...inside);
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
  const trs = [...table.querySelectorAll('tbody tr')];
  (week.rows ?? []).forEach((row, r) => {
    const sub = trs[r]?.querySelector('.sub');
    if (sub && sub.textContent !== row.Sub) sub.textContent = row.Sub;
    [...(trs[r]?.querySelectorAll('td') ?? [])].forEach((td, c) => {
      const one = row.Cells[c];
      if (one) cell(td, one);
    });
  });
  put('rules-summary', week.panel.Summary);
  put('rules-gaps', week.panel.Gaps);
  breaches('hard', week.panel.HardN, week.panel.Hard);
  breaches('advisory', week.panel.AdvisoryN, week.panel.Advisory);
  breaches('note', week.panel.NotesN, week.panel.Notes);
  put('rules-more', week.panel.More);
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
