// @ts-check
// Asks for the passphrase over a page and gives it to the server. What stands
// on the page stays there; the passphrase stands nowhere once it was sent.

import { post } from './post.js';
import { locked } from './lock.js';
import { t } from './words.js';

/** @type {Promise<boolean>|null} */
let asking = null;

/**
 * Asks once, however many pieces of work wait for it.
 * @returns {Promise<boolean>} whether the keyring is open now
 */
export function unlock() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

/** @returns {Promise<boolean>} */
function ask() {
  if (locked()) return new Promise((done) => document.addEventListener('unlocked', () => done(true), { once: true }));
  const dialog = document.getElementById('unlock');
  const form = dialog?.querySelector('[data-unlock]');
  const box = dialog?.querySelector('#passphrase') ?? null; // nobody was shown one in the demonstration
  const problem = dialog?.querySelector('[data-unlock-problem]');
  const back = dialog?.querySelector('[data-unlock-back]');
  if (!(dialog instanceof HTMLDialogElement && form instanceof HTMLFormElement && (box === null || box instanceof HTMLInputElement) && problem && back)) {
    return Promise.resolve(false);
  }
  const before = document.activeElement;
  return new Promise((done) => {
    const over = new AbortController();
    let open = false;
    /** @param {SubmitEvent} e */
    const sent = async (e) => {
      e.preventDefault();
      if (form.ariaBusy === 'true') return;
      form.ariaBusy = 'true';
      problem.textContent = t('note.js.unlock.checking');
      const { why } = await post('/unlock', new URLSearchParams({ passphrase: box?.value ?? '', script: '1' }));
      form.ariaBusy = null;
      if (box) box.value = '';
      if (why === 'saved') {
        open = true;
        dialog.close();
      } else {
        problem.textContent = t(why === 'refused' ? 'note.js.unlock.wrong' : why === 'login' ? 'note.js.unlock.login' : 'note.js.unlock.busy');
        box?.focus();
      }
    };
    form.addEventListener('submit', sent, { signal: over.signal });
    back.addEventListener('click', () => dialog.close(), { signal: over.signal });
    dialog.addEventListener('close', () => {
      over.abort();
      if (box) box.value = '';
      problem.textContent = '';
      if (before instanceof HTMLElement) before.focus();
      done(open);
    }, { signal: over.signal });
    dialog.showModal();
    box?.focus();
  });
}
