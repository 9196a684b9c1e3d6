// @ts-check
// The week of a rota as a grid for the keyboard. Without this it is a table of
// links and forms; what is done here is done by the same forms, and what the
// page then shows is what the server says of the week afterwards.

import './form.js';
import { post } from './post.js';
import { rows } from './rotarows.js';
import { ranked } from './rotalist.js';
import { filling } from './rotafill.js';
import { t } from './words.js';

const page = document.querySelector('[data-rota]');
const table = document.getElementById('grid');
const said = document.createElement('p');
said.className = 'tint';
said.setAttribute('role', 'status');
said.hidden = true;

/** Says what was done, where it is read out. @param {string} text */
export function say(text) {
  said.hidden = text === '';
  said.textContent = text;
}

/** @param {string} why @returns {string} what an answer that brought nothing means */
const trouble = (why) => t(why === 'network' || why === 'busy' ? 'plan.js.network' : why === 'login' || why === 'locked' ? 'plan.js.login' : 'plan.js.refused');

let hush = () => {};

/**
 * Sends a form of the page and shows the week as it is afterwards.
 * @param {string} url @param {{[name: string]: string}} fields @returns {Promise<string>} what came of it, in words
 */
async function send(url, fields) {
  const { why, body } = await post(url, new URLSearchParams({ ...fields, script: '1' }));
  if (body?.next) {
    location.assign(body.next);
    return '';
  }
  hush(); // what the last filling came to is not so any more
  const came = body?.said ?? (why === 'saved' ? '' : trouble(why));
  say(came);
  await refresh();
  return came;
}

const here = page instanceof HTMLElement ? page.dataset.here ?? '' : '';
const draft = page instanceof HTMLElement && page.dataset.draft !== undefined;

let asked = 0;
let drawn = 0;

/** Reads the week again. An answer that a later one has overtaken is old. */
async function refresh() {
  const number = ++asked;
  const { why, body } = await post(`${here}&script=1`);
  if (why !== 'saved' || !body || !table || number < drawn) return;
  drawn = number;
  rows(table, body);
  focusable();
}

/** @returns {HTMLElement[][]} the cells that can be reached, row by row */
const cells = () => [...document.querySelectorAll('#grid tbody tr')].map((r) => [...r.querySelectorAll('td')]);

let at = { row: 0, column: 0 };

/** One cell is in the order of Tab; the links within are not. */
function focusable() {
  cells().forEach((row, r) => row.forEach((cell, c) => {
    cell.tabIndex = r === at.row && c === at.column ? 0 : -1;
    for (const a of cell.querySelectorAll('a')) a.tabIndex = -1;
  }));
}

/** @param {number} row @param {number} column */
function go(row, column) {
  const all = cells();
  row = Math.max(0, Math.min(all.length - 1, row));
  column = Math.max(0, Math.min((all[row]?.length ?? 1) - 1, column));
  at = { row, column };
  focusable();
  const cell = all[row]?.[column];
  cell?.focus();
  cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Goes to the next shift that is short of people: day by day, and from the end to the beginning again. */
function gap() {
  const all = cells();
  const days = (all[0] ?? []).flatMap((_, c) => all.map((row, r) => ({ r, c, cell: row[c] })));
  const now = days.findIndex((d) => d.r === at.row && d.c === at.column);
  const next = [...days.slice(now + 1), ...days.slice(0, now + 1)].find((d) => d.cell?.matches('.short, .empty'));
  if (next) go(next.r, next.c);
  else say(t('plan.js.nogap'));
}

/** The places in a cell. @param {HTMLElement} cell @returns {HTMLElement[]} */
const places = (cell) => /** @type {HTMLElement[]} */ ([...cell.querySelectorAll('[data-place]')]);

/** Where the shift of a place is changed. @param {HTMLElement} cell @param {HTMLElement} place @returns {string} */
const shiftOf = (cell, place) => place.querySelector('a')?.getAttribute('href') ?? cell.querySelector('a.gist')?.getAttribute('href') ?? '';

/** Takes off or pins: one that is alone at once, else whom is asked. @param {HTMLElement} cell @param {string} what */
function act(cell, what) {
  if (!draft) return say(t('plan.js.readonly'));
  const all = places(cell);
  const one = all[0];
  if (!one) return;
  if (all.length > 1) return void open(cell, 'plan.js.choose');
  const is = what === 'pin' && one.classList.contains('pinned') ? 'unpin' : what;
  return void send(shiftOf(cell, one), { do: is, place: one.dataset.place ?? '' });
}

const list = ranked({ send, draft });

/** Opens who is on a shift and who could be. @param {HTMLElement} cell @param {string} [note] */
async function open(cell, note) {
  const href = cell.querySelector('a.gist, .on a')?.getAttribute('href');
  if (!href) return;
  await list.open(href, note ? t(note) : '');
}

if (table && page) {
  page.querySelector('h1')?.after(said);
  const help = document.getElementById('grid-help');
  if (help && draft) help.textContent = `${help.textContent} ${help.dataset.help}`;
  table.setAttribute('role', 'grid');
  if (help) table.setAttribute('aria-describedby', 'grid-help');
  for (const row of table.querySelectorAll('tr')) row.setAttribute('role', 'row');
  for (const cell of table.querySelectorAll('tbody td')) cell.setAttribute('role', 'gridcell');
  for (const head of table.querySelectorAll('thead th')) head.setAttribute('role', 'columnheader');
  for (const head of table.querySelectorAll('tbody th')) head.setAttribute('role', 'rowheader');
  document.querySelector('.gridbox')?.removeAttribute('tabindex');
  focusable();
  table.addEventListener('focusin', (e) => {
    const cell = e.target instanceof Element ? e.target.closest('td') : null;
    if (!cell) return;
    cells().forEach((row, r) => row.forEach((one, c) => {
      if (one === cell) at = { row: r, column: c };
    }));
    focusable();
  });
  table.addEventListener('keydown', (e) => {
    const cell = e.target instanceof HTMLElement ? e.target.closest('td') : null;
    if (!cell || e.altKey || e.metaKey || e.isComposing) return;
    const { row, column } = at;
    const last = cells().length - 1;
    /** @type {{[key: string]: () => void}} */
    const keys = {
      ArrowRight: () => go(row, column + 1), ArrowLeft: () => go(row, column - 1), ArrowDown: () => go(row + 1, column), ArrowUp: () => go(row - 1, column),
      Home: () => go(e.ctrlKey ? 0 : row, 0), End: () => go(e.ctrlKey ? last : row, 6), PageDown: () => go(row + 5, column), PageUp: () => go(row - 5, column),
      Enter: () => void open(cell), ' ': () => void open(cell), Delete: () => act(cell, 'remove'), Backspace: () => act(cell, 'remove'), p: () => act(cell, 'pin'), P: () => act(cell, 'pin'),
    };
    if (table.classList.contains('byshift')) keys.g = keys.G = gap;
    const key = keys[e.key];
    if (!key || e.ctrlKey && e.key !== 'Home' && e.key !== 'End') return;
    e.preventDefault();
    key();
  });
  table.addEventListener('click', (e) => {
    const link = e.target instanceof Element ? e.target.closest('a.gist, .on a') : null;
    const cell = link?.closest('td');
    if (!cell || !draft || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    list.open(link?.getAttribute('href') ?? '', '').catch(() => undefined);
  });
  list.closed(() => {
    const now = document.activeElement; // whoever is quick has gone on already
    if (!now || now === document.body || table.contains(now)) go(at.row, at.column);
  });
}

const undoing = document.querySelector('form[data-undo]');
if (undoing instanceof HTMLFormElement && table && draft) {
  const button = undoing.querySelector('button');
  const undo = async () => {
    if (button && !button.disabled) await list.again(await send('/rota/undo', {}));
  };
  undoing.addEventListener('submit', (e) => {
    e.preventDefault();
    void undo().then(() => {
      if (button?.disabled) go(at.row, at.column); // there is nothing more to undo: the focus would be nowhere
    });
  });
  document.addEventListener('keydown', (e) => {
    const typing = e.target instanceof HTMLElement && e.target.matches('input, textarea, select');
    if (!e.ctrlKey && !e.metaKey || e.key.toLowerCase() !== 'z' || e.shiftKey || e.altKey || typing) return;
    e.preventDefault();
    void undo();
  });
}

if (draft) hush = filling({ refresh, trouble });
