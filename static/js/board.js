// @ts-check
// The supervisor's board: who is on duty and what waits, as the lane tells it.

import './inbox.js';
import { Line } from './thread.js';
import { loggedOut } from './login.js';
import { marked } from './window.js';
import { t } from './words.js';

/** @param {string} id @returns {HTMLElement} */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id @param {string|number} text */
const put = (id, text) => {
  const node = $(id);
  if (node.textContent !== String(text)) node.textContent = String(text);
};

/** @param {import('./thread.js').Frame} f */
function draw(f) {
  /** @type {{alias: string, state: string, chats: number, asking: boolean}[]} */
  const people = f.people ?? [];
  put('waiting', f.waiting ?? 0);
  put('longest', f.longest ?? 0);
  put('talking', people.reduce((sum, p) => sum + (p.chats ?? 0), 0));
  put('on-duty', people.filter((p) => p.state !== 'paused').length);
  $('nobody').hidden = people.some((p) => p.state !== 'paused');
  const table = $('people');
  table.hidden = people.length === 0;
  const body = table.querySelector('tbody');
  body?.replaceChildren(...people.map((p) => {
    const row = document.createElement('tr');
    const name = document.createElement('th');
    name.scope = 'row';
    name.textContent = p.alias;
    const state = document.createElement('td');
    const tag = document.createElement('span');
    tag.className = `tag state-${p.state}`;
    tag.textContent = t(`board.js.${p.state}`);
    state.append(tag);
    if (p.asking) state.append(` ${t('board.js.asking')}`);
    const chats = document.createElement('td');
    chats.textContent = String(p.chats ?? 0);
    row.append(name, state, chats);
    return row;
  }));
}

let fails = 0;
const line = new Line(marked('/desk/lane'), {
  open: () => {},
  frame: (f) => {
    fails = 0;
    if (f.k === 'board') draw(f);
  },
  status: (s) => {
    const state = $('line-state');
    state.dataset.state = s;
    put('line-state', t(`board.js.${s === 'live' || s === 'connecting' ? s : 'down'}`));
    if (s === 'waiting' && ++fails > 1) {
      loggedOut().then((out) => {
        if (out) location.replace('/login?out');
      });
    }
  },
});
line.connect();
