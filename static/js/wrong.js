// Something was not right, said from the page that still holds the conversation.
// What is written goes to people who are not the one concerned; the conversation
// goes along only when the visitor ticks that, with the seals that prove it.

import { say } from './visitor.js';
import { ask, show } from './kept.js';
import { clean } from './text.js';

const data = document.documentElement.dataset;

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
const $ = (id) => /** @type {T} */ (document.getElementById(id));

const most = 16_000; // bytes of one frame
const whole = 40_000; // of all of them, as a form is written: no request of ours may be larger than 64 KiB

/** The newest part of the conversation as the page holds it, in pieces that a frame can carry. @param {import('./thread.js').Thread} thread @returns {string[]} */
const frames = (thread) => {
  let left = whole;
  const from = thread.chain.findLastIndex((e) => (left -= encodeURIComponent(JSON.stringify(e)).length) < 0);
  /** @type {string[]} */
  const out = [];
  /** @type {import('./thread.js').Entry[]} */
  let items = [];
  const frame = (/** @type {import('./thread.js').Entry[]} */ list) => JSON.stringify({ k: 'refill', after: 0, upto: 1, items: list });
  for (const e of thread.chain.slice(from + 1)) {
    if (items.length && (items.length === 200 || new TextEncoder().encode(frame([...items, e])).length > most)) {
      out.push(frame(items));
      items = [];
    }
    items.push(e);
  }
  return (items.length ? [...out, frame(items)] : out).slice(-60);
};

/** @type {string} */
let form = '';

/** @param {import('./thread.js').Thread} thread */
export const open = (thread) => {
  const dialog = $('wrong');
  if (!(dialog instanceof HTMLDialogElement)) return;
  const box = /** @type {HTMLTextAreaElement} */ ($('wrongbox'));
  const told = $('wrongtold');
  const along = /** @type {HTMLInputElement} */ ($('wrongalong'));
  $('end').closest('dialog')?.close();
  const alongRow = /** @type {HTMLElement} */ (along.parentElement);
  alongRow.hidden = !thread.chain.length;
  $('wrongno').onclick = () => dialog.close();
  const fields = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
  fields.onsubmit = async (e) => {
    e.preventDefault();
    const send = /** @type {HTMLButtonElement} */ (fields.querySelector('[type=submit]'));
    if (send.disabled || !box.value.trim()) return;
    send.disabled = true;
    told.textContent = say('wrong.wait');
    form ||= btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
    const query = new URLSearchParams({ script: '1', form, text: clean(box.value), proof: data.proof ?? '', door: data.door ?? '' });
    if (along.checked) for (const f of frames(thread)) query.append('frame', f);
    const { why, code } = await ask(data.complain ?? '', query);
    send.disabled = false;
    if (why) {
      if (why === 'stale') along.checked = false; // the words can go without it
      told.textContent = say(`wrong.${why}`);
      return;
    }
    form = '';
    box.value = '';
    fields.replaceChildren(told);
    told.textContent = '';
    show(fields, told, code, 'wrong.safe', () => {
      const close = document.createElement('button');
      close.type = 'button';
      close.className = 'button quiet';
      close.textContent = say('wrong.close');
      close.onclick = () => dialog.close();
      fields.append(close);
      close.focus();
    });
  };
  dialog.showModal();
};
