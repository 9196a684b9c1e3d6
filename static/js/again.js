// @ts-check
// How far older notes are sealed to the present key. Without this the page is
// loaded again by hand.

import { t } from './words.js';

const box = document.querySelector('[data-again]');
const bar = box?.querySelector('[data-bar]');
const count = box?.querySelector('[data-count]');
const state = box?.querySelector('[data-state]');

async function look() {
  let next = 'running';
  try {
    const answer = await fetch('/keys/state', { headers: { Accept: 'application/json' } });
    if (!answer.ok) return; // logged out, or locked: the page says what it said last
    const now = await answer.json();
    next = now.state;
    if (bar instanceof HTMLProgressElement) {
      bar.max = Math.max(1, now.total);
      bar.value = now.done;
    }
    if (count) count.textContent = t('keys.again.count', { done: String(now.done), total: String(now.total) });
    if (state && box?.getAttribute('data-again') !== next) state.textContent = t('keys.again.' + next);
    box?.setAttribute('data-again', next);
  } catch {
    // the server is away for a moment
  }
  if (next === 'running') setTimeout(look, 1000);
}

if (box?.getAttribute('data-again') === 'running') setTimeout(look, 500);
