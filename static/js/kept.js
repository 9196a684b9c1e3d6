// To be known again: a card that counsellor and visitor have agreed on is kept
// behind a return code, and a code from an earlier time shows its card. The code
// is shown once; neither it nor the card is kept by this page.

import { copier, kept } from './cards.js';
import { say } from './visitor.js';

const data = document.documentElement.dataset;

/** @typedef {import('./thread.js').Thread} Thread */

/** @type {import('./cards.js').Say} */
const word = (key, values) => say(`card.${key}`, values);

/** @param {string} name @param {string} [words] @param {string} [look] @returns {HTMLElement} */
const make = (name, words = '', look = '') => {
  const node = document.createElement(name);
  node.textContent = words;
  node.className = look;
  return node;
};

/** @param {string} words @param {boolean} quiet @param {() => void} act @returns {HTMLButtonElement} */
const button = (words, quiet, act) => {
  const b = /** @type {HTMLButtonElement} */ (make('button', words, quiet ? 'button quiet' : 'button'));
  b.type = 'button';
  b.onclick = act;
  return b;
};

/**
 * Asks the server; why is empty when it said yes.
 * @param {string} url @param {URLSearchParams|{[name: string]: string}} fields
 * @returns {Promise<{why: string, code: string, body: string, here?: string}>}
 */
export const ask = async (url, fields) => {
  try {
    const r = await fetch(url, { method: 'POST', body: fields instanceof URLSearchParams ? fields : new URLSearchParams({ script: '1', ...fields }), redirect: 'error', signal: AbortSignal.timeout(60_000) });
    if (r.ok) return { why: '', code: '', ...await r.json() };
    const why = { 404: 'unknown', 409: 'done', 422: 'slip', 424: 'stale', 429: 'busy', 501: 'nobody', 503: 'busy', 507: 'full' }[r.status] ?? 'failed';
    return { why, code: '', body: '' };
  } catch {
    return { why: 'failed', code: '', body: '' };
  }
};

/** The newest card that this page has said, as it was said. @param {Thread} thread */
const held = (thread) => thread.entries.findLast((r) => r.mine && kept(r.body))?.body ?? '';

/**
 * Asks whether a card that the counsellor proposes is to be kept.
 * @param {HTMLElement} slip @param {import('./thread.js').Row} row @param {Thread} thread
 */
export const offer = (slip, row, thread) => {
  const words = JSON.parse(row.body).keep;
  const known = held(thread);
  if (!data.keep || thread.ended || known && kept(known)?.keep === words) return;
  const told = make('p', '', 'small');
  told.setAttribute('role', 'status');
  const answers = make('p', '', 'row');
  const yes = button(say(known ? 'keep.again' : 'keep.yes'), false, async () => {
    const e = thread.chain.find((one) => one.id === row.id);
    if (!e) return;
    yes.disabled = no.disabled = true;
    told.textContent = say('keep.wait');
    const frame = JSON.stringify({ k: 'refill', after: e.prev, upto: e.at, items: [e] });
    const { why, code, body } = await ask(data.keep ?? '', { frame, held: known });
    if (why) {
      told.textContent = say(`keep.${why}`);
      yes.disabled = no.disabled = why === 'done';
      return;
    }
    answers.remove();
    if (code) show(slip, told, code);
    else told.textContent = say('keep.replaced');
    thread.tell(body);
  });
  const no = button(say('keep.no'), true, () => {
    answers.remove();
    told.textContent = '';
    thread.say(say('keep.nowords'));
  });
  answers.append(yes, no);
  slip.append(make('p', say('keep.ask'), 'small'), answers, told);
};

/**
 * Shows a code until it is written down.
 * @param {HTMLElement} slip @param {HTMLElement} told @param {string} code @param {string} [safe] what is said then @param {() => void} [then]
 */
export const show = (slip, told, code, safe = 'keep.safe', then = () => {}) => {
  const box = make('div', '', 'warn stack');
  const big = make('p', code, 'returncode');
  big.translate = false;
  const done = button(say('keep.written'), false, () => {
    box.remove();
    told.textContent = say(safe);
    then();
  });
  box.append(make('p', say('keep.once')), big, copier(() => code, word('copy'), word), done);
  told.textContent = '';
  slip.append(box);
  done.focus({ preventScroll: true });
};

/**
 * The form that takes a code from an earlier time. What the card says is shown
 * here, and to the counsellor as soon as there is one.
 * @param {HTMLElement} box @param {Thread} thread
 */
export const known = (box, thread) => {
  const form = box.querySelector('form');
  if (!form) return; // a code has been given
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem('knowncode'));
  const told = /** @type {HTMLElement} */ (box.querySelector('[role=status]'));
  const send = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
  form.onsubmit = async (e) => {
    e.preventDefault();
    const code = field.value;
    if (!code.trim() || send.disabled) return;
    send.disabled = true;
    told.textContent = say('known.wait');
    const same = /** @type {HTMLInputElement|null} */ (form.elements.namedItem('knownsame'))?.checked ?? false;
    const { why, body } = await ask(data.code ?? '', { code, ...(same && { same: '1' }) });
    send.disabled = false;
    told.textContent = say(`known.${why || (same ? 'same' : 'shown')}`);
    if (why) {
      field.focus();
      return;
    }
    form.remove();
    box.append(make('p', kept(body)?.keep || word('nocard'), 'kept-words'));
    thread.tell(body);
  };
};
