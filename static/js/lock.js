// @ts-check
// Locks the screen of whoever has left it: at once by Alt+L or the button, and
// by itself when nobody has touched this browser for a quarter of an hour. Then
// names, notes and words are covered and the server forgets the keyring. What
// runs goes on underneath: conversations, the queue, sounds, and what stands
// half-written.

import { able, answer, asks } from './passkey.js';
import { post } from './post.js';

const dialog = /** @type {HTMLDialogElement|null} */ (document.getElementById('lock'));
const key = dialog?.querySelector('[data-lock-key]');
const root = document.documentElement;
const windows = new BroadcastChannel('helpline-lock'); // the other windows of this browser

let last = Date.now();
let told = Date.now(); // the server, that somebody is here
let heard = 0; // by the other windows
/** The server hears of a lock before it hears how to open it. @type {Promise<unknown>} */
let telling = Promise.resolve();

export const locked = () => root.dataset.locked === 'true';

/** How long nobody may be here, in milliseconds. */
const idle = () => Number(dialog?.dataset.idle ?? 0) * 1000;

function here() {
  if (locked()) return;
  last = Date.now();
  if (last - heard > 5000) {
    heard = last;
    windows.postMessage('here');
  }
}

/** Covers the page. @param {boolean} tell whether the server is to be told */
async function lock(tell) {
  if (!dialog || locked()) return;
  root.dataset.locked = 'true';
  if (key instanceof HTMLElement) key.hidden = true; // until the server has something to ask
  for (const open of document.querySelectorAll('dialog[open]')) {
    if (open instanceof HTMLDialogElement && open !== dialog) open.close();
  }
  dialog.showModal();
  (dialog.querySelector('input') ?? dialog.querySelector('button'))?.focus();
  look();
  if (tell) {
    windows.postMessage('lock');
    await (telling = post('/lock', new URLSearchParams({ script: '1' })));
  }
  if (key instanceof HTMLElement && able()) key.hidden = !(await asks('/unlock/ask').catch(() => null));
}

function unlocked() {
  if (!locked()) return;
  delete root.dataset.locked;
  last = told = Date.now();
  dialog?.close();
  document.dispatchEvent(new Event('unlocked'));
}

/** What may be said while the screen is locked: counts, and that somebody is there. */
function look() {
  if (!dialog || !locked()) return;
  /** @param {string} part @param {boolean} on */
  const show = (part, on) => {
    const node = dialog.querySelector(`[data-lock-${part}]`);
    if (node instanceof HTMLElement && node.hidden === on) node.hidden = !on;
  };
  const queue = dialog.querySelector('[data-lock-queue]');
  const words = document.getElementById('wait-words')?.textContent ?? '';
  if (queue && queue.textContent !== words) queue.textContent = words;
  show('ready', (document.getElementById('offers')?.childElementCount ?? 0) > 0);
  show('wrote', document.querySelector('#mine [data-unread]:not([hidden])') !== null);
  show('talks', (document.getElementById('mine')?.childElementCount ?? 0) > 0);
}

async function every() {
  if (locked()) return look();
  if (Date.now() - last >= idle()) return void lock(true);
  if (last > told && Date.now() - told >= 60_000) {
    told = Date.now();
    const { why } = await post('/alive', new URLSearchParams());
    if (why === 'locked') lock(false);
  }
}

if (dialog) {
  for (const what of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart', 'input']) {
    addEventListener(what, here, { passive: true, capture: true });
  }
  windows.addEventListener('message', (e) => {
    if (e.data === 'here') last = Date.now();
    else if (e.data === 'lock') lock(false);
    else if (e.data === 'unlocked') unlocked();
  });
  dialog.addEventListener('cancel', (e) => e.preventDefault());
  addEventListener('keydown', (e) => {
    if (locked() && e.key === 'Escape') e.preventDefault();
  }, true);
  // Escape twice closes it in some browsers.
  dialog.addEventListener('close', () => setTimeout(() => locked() && !dialog.open && dialog.showModal()));
  const form = dialog.querySelector('form[data-lock-form]');
  const problem = dialog.querySelector('[data-lock-problem]');
  const box = form?.querySelector('input') ?? null;
  /** Asks the server to unlock. @param {URLSearchParams} values */
  const open = async (values) => {
    if (!(form instanceof HTMLFormElement) || !problem || form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    problem.textContent = problem.getAttribute('data-checking');
    values.set('script', '1');
    await telling;
    const { why } = await post('/unlock', values);
    form.ariaBusy = null;
    if (box) box.value = '';
    problem.textContent = why === 'saved' ? '' : problem.getAttribute(why === 'refused' ? 'data-wrong' : why === 'login' ? 'data-login' : 'data-busy');
    if (why === 'saved') {
      windows.postMessage('unlocked');
      unlocked();
    } else box?.focus();
  };
  form?.addEventListener('submit', (e) => {
    e.preventDefault();
    open(new URLSearchParams(box ? { passphrase: box.value } : {}));
  });
  key?.addEventListener('click', async () => {
    try {
      const o = await asks('/unlock/ask');
      if (o) open(new URLSearchParams(await answer(o)));
    } catch {
      box?.focus(); // no passkey was given: the passphrase always works
    }
  });
  for (const button of document.querySelectorAll('form[data-lock]')) {
    button.addEventListener('submit', (e) => {
      e.preventDefault();
      lock(true);
    });
  }
  document.addEventListener('keydown', (e) => {
    if (e.altKey && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.code === 'KeyL') {
      e.preventDefault();
      lock(true);
    }
  });
  setInterval(every, 1000);
}
