// @ts-check
// The form of an answer works without this. With it, the room that is left is
// counted, Ctrl+Enter sends, and a page with words in it is not left by a slip.

import './form.js';
import { t } from './words.js';

const form = /** @type {HTMLFormElement|null} */ (document.querySelector('[data-answer]'));
const box = /** @type {HTMLTextAreaElement|null} */ (form?.querySelector('textarea[name=text]') ?? null);
const state = form?.querySelector('[data-answer-state]');
const most = Number(box?.dataset.max);
let sending = false;
let touched = false;

const room = () => {
  const left = most - (box?.value.length ?? 0);
  const text = left < 0 ? t('threads.js.long', { n: -left }) : left < 500 ? t('threads.js.room', { n: left, most }) : '';
  if (state && state.textContent !== text) state.textContent = text;
};

form?.addEventListener('input', () => {
  touched = true;
  room();
});
form?.addEventListener('submit', () => { sending = true; });
form?.addEventListener('keydown', (e) => {
  if (e.key !== 'Enter' || !e.ctrlKey || e.isComposing) return;
  e.preventDefault();
  form.requestSubmit(/** @type {HTMLElement} */ (form.querySelector('[data-send]')));
});
addEventListener('pageshow', () => { sending = false; });
addEventListener('beforeunload', (e) => {
  if (!sending && touched && box?.value.trim()) e.preventDefault();
});
room();
