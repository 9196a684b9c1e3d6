// @ts-check
// A note and its coded outcome while they are written. They live in the form
// and nowhere else in this page; two seconds after the last key a draft goes
// to the server, which seals it to its author. Nothing here forgets a word
// before the server has said that it is sealed.

import { hints } from './hints.js';
import { login, post } from './post.js';
import { unlock } from './unlock.js';
import { t } from './words.js';

const restFor = 2000; // milliseconds after the last key
const againAfter = 10_000;

/**
 * @typedef {object} NoteHooks what the page is told
 * @property {() => void} saved it is sealed: everything may go
 * @property {() => void} changed an answer
 * @property {() => void} login the login has ended
 * @property {() => void} other somebody else is logged in
 * @property {() => void} [taken] the contact has a note already
 * @property {() => void} [back] to where the person was before
 */

export class Note {
  /**
   * @param {HTMLElement} node what stands around the form
   * @param {{save: string, draft: string}} urls draft is empty where there is none
   * @param {NoteHooks} hooks
   */
  constructor(node, urls, hooks) {
    this.node = node;
    this.urls = urls;
    this.hooks = hooks;
    this.form = /** @type {HTMLFormElement} */ (node.querySelector('[data-form]'));
    this.box = /** @type {HTMLTextAreaElement} */ (this.form.querySelector('textarea[name=text]'));
    this.questions = /** @type {HTMLFieldSetElement[]} */ ([...this.form.querySelectorAll('[data-question]')]);
    this.touched = false; // by the person, not by what the page filled in
    this.version = 0; // of what stands in the form
    this.sealed = 0; // the version that is sealed
    this.busy = false;
    this.earlier = false; // a draft may stand sealed, and the keyring is locked
    this.closed = false; // there is a note already, or everything is wiped
    this.wiped = false;
    this.over = new AbortController();
    this.build();
  }

  build() {
    const on = { signal: this.over.signal };
    this.form.classList.add('quick');
    for (const q of this.questions) {
      const turn = /** @type {HTMLElement} */ (q.querySelector('[data-turn]'));
      const name = /** @type {HTMLElement} */ (q.querySelector('legend [data-name]'));
      name.classList.add('sr');
      turn.hidden = false;
      turn.addEventListener('click', () => this.turn(q), on);
    }
    this.form.addEventListener('keydown', (e) => this.key(e), on);
    this.form.addEventListener('input', () => this.typed(), on);
    this.box.addEventListener('focus', () => this.fold(), on);
    this.form.addEventListener('submit', (e) => {
      e.preventDefault();
      this.save();
    }, on);
    for (const when of ['online', 'focus']) addEventListener(when, () => this.again(), on);
    this.show();
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.form.querySelector(`[data-${name}]`));
  }

  // ---- answering by single keys

  /** @param {HTMLFieldSetElement} q @returns {HTMLInputElement[]} */
  codes(q) {
    return [...q.querySelectorAll('input')];
  }

  /** @param {string} key @returns {HTMLFieldSetElement|undefined} */
  question(key) {
    return this.questions.find((q) => q.dataset.question === key);
  }

  /** Questions a person can be asked: those with something to choose. */
  get asked() {
    return this.questions.filter((q) => this.codes(q).length > 0);
  }

  /** Opens one question and goes to it. @param {HTMLFieldSetElement} q */
  turn(q) {
    this.fold(q);
    const codes = this.codes(q);
    (codes.find((c) => c.checked) ?? codes[0])?.focus();
    q.scrollIntoView({ block: 'nearest' });
  }

  /** @param {HTMLFieldSetElement} [open] the one that stays open */
  fold(open) {
    for (const q of this.questions) {
      q.classList.toggle('here', q === open);
      q.querySelector('[data-turn]')?.setAttribute('aria-expanded', String(q === open));
    }
  }

  /** @param {HTMLFieldSetElement} q @param {number} step */
  step(q, step) {
    const all = this.asked;
    const next = all[all.indexOf(q) + step];
    if (next) this.turn(next);
    else if (step > 0) this.write();
  }

  write() {
    this.fold();
    this.box.focus();
    this.box.scrollIntoView({ block: 'nearest' });
  }

  /** To the first question without an answer, or to the words. */
  begin() {
    const open = this.asked.find((q) => !this.answer(q).length);
    if (open) this.turn(open);
    else this.write();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    if (e.isComposing || e.altKey || e.metaKey) return;
    if (e.key === 'Enter' && e.ctrlKey) {
      e.preventDefault();
      this.save();
      return;
    }
    if (e.key === 'Escape' && this.hooks.back) {
      e.preventDefault();
      this.hooks.back();
      return;
    }
    const at = /** @type {Element} */ (e.target).closest('fieldset');
    const q = this.questions.find((one) => one === at);
    if (!q || e.ctrlKey) return;
    if (e.key === 'Enter' && !(e.target instanceof HTMLButtonElement)) {
      e.preventDefault();
      this.step(q, e.shiftKey ? -1 : 1);
    } else if (e.key === 'Backspace') {
      e.preventDefault();
      this.step(q, -1);
    } else if (e.key === 'Delete' || e.key === '0') {
      e.preventDefault();
      for (const c of this.codes(q)) c.checked = false;
      this.typed();
    } else if (e.key.length === 1 && !e.shiftKey) {
      const code = this.codes(q).find((c) => c.dataset.key === e.key.toLowerCase());
      if (!code) return;
      e.preventDefault();
      if (!q.classList.contains('here')) this.turn(q);
      code.checked = code.type === 'radio' || !code.checked;
      code.focus();
      this.typed();
      if (code.type === 'radio') this.step(q, 1);
    }
  }

  // ---- what stands there

  /** @param {HTMLFieldSetElement} q @returns {string[]} the words of what is chosen */
  answer(q) {
    return this.codes(q).filter((c) => c.checked).map((c) => c.closest('label')?.querySelector('span')?.textContent ?? c.value);
  }

  /** The questions that are asked at every contact and have no answer yet. @returns {HTMLFieldSetElement[]} */
  get open() {
    return this.questions.filter((q) => q.dataset.asked !== undefined && !this.answer(q).length);
  }

  /** Fills in what the page knows, where the person has said nothing. @param {string} key @param {string} code */
  preset(key, code) {
    const q = this.question(key);
    if (!q || this.answer(q).length) return;
    const c = this.codes(q).find((one) => one.value === code);
    if (!c) return;
    c.checked = true;
    this.show();
  }

  /**
   * Ticks a provider whose card was given. Once it stands there, the tick is the person's.
   * @param {string} id @param {string} name @param {boolean} [now] it was given just now, not before the page was loaded
   */
  provider(id, name, now = false) {
    const q = this.question('provider');
    if (!q || !id || this.wiped || this.codes(q).some((c) => c.value === id)) return;
    const key = '123456789'[this.codes(q).length] ?? '';
    const label = document.createElement('label');
    label.className = 'code';
    const box = document.createElement('input');
    Object.assign(box, { type: 'checkbox', name: 'q.provider', value: id, checked: true });
    box.dataset.key = key;
    const words = document.createElement('span');
    words.textContent = name;
    label.append(box);
    if (key) {
      const cap = document.createElement('kbd');
      cap.setAttribute('aria-hidden', 'true');
      cap.textContent = key;
      label.append(cap);
    }
    label.append(words);
    q.querySelector('[data-codes]')?.append(label);
    if (now) this.typed();
    else this.show();
  }

  /** The note belongs to a return code: who erases everything behind the code erases it too. @param {string} thread */
  link(thread) {
    const box = /** @type {HTMLInputElement|null} */ (this.form.elements.namedItem('thread'));
    if (!box || !thread || box.value === thread || this.wiped) return;
    box.value = thread;
    this.part('linked').hidden = false;
    if (this.touched) this.typed();
  }

  /** Puts a draft back. @param {{text?: string, thread?: string, outcome?: {[key: string]: string[]}, names?: {[id: string]: string}}} d */
  fill(d) {
    this.box.value = d.text ?? '';
    this.link(d.thread ?? '');
    for (const q of this.questions) {
      const codes = d.outcome?.[q.dataset.question ?? ''] ?? [];
      if (q.dataset.question === 'provider') for (const id of codes) this.provider(id, d.names?.[id] ?? t('note.js.provider'));
      for (const c of this.codes(q)) c.checked = codes.includes(c.value);
    }
    this.touched = true;
    this.sealed = this.version;
    this.show();
    this.say('sealed');
    this.hooks.changed();
  }

  typed() {
    if (this.wiped) return;
    this.touched = true;
    this.version++;
    this.show();
    if (this.closed) return;
    if (this.urls.draft) {
      this.say('unsealed');
      this.soon(restFor);
    } else this.say('');
    this.hooks.changed();
  }

  get length() {
    return [...this.box.value].length;
  }

  get most() {
    return Number(this.box.dataset.max);
  }

  show() {
    for (const q of this.questions) {
      const got = this.answer(q);
      const node = /** @type {HTMLElement} */ (q.querySelector('[data-got]'));
      const asked = q.dataset.asked !== undefined;
      node.textContent = got.join(', ') || t(asked ? 'note.js.unanswered' : 'note.js.none');
      q.classList.toggle('open', asked && !got.length);
      q.classList.toggle('answered', got.length > 0);
      q.hidden = this.codes(q).length === 0;
    }
    this.part('count').textContent = t('note.js.count', { n: this.length, most: this.most });
    this.part('count').classList.toggle('bad', this.length > this.most);
    const found = hints(this.box.value);
    this.part('hint').textContent = found.length
      ? t('note.js.hint', { pieces: found.map((f) => `“${f.text}” (${t(`note.js.hint.${f.kind}`)})`).join(', ') }) : '';
    const open = this.open.map((q) => q.querySelector('legend [data-name]')?.textContent);
    this.part('open').textContent = open.length ? t('note.js.open', { questions: open.join(' · ') }) : '';
  }

  /** @param {string} state */
  say(state) {
    const node = this.part('state');
    node.dataset.state = state;
    node.textContent = state ? t(`note.js.state.${state}`) : '';
  }

  // ---- sealing

  values() {
    const form = new URLSearchParams({ script: '1' });
    for (const [name, value] of new FormData(this.form)) form.append(name, String(value));
    return form;
  }

  /** @param {number} wait milliseconds */
  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draft(), wait);
  }

  /** Words that are not sealed yet: leaving the page would lose them. */
  get unsaved() {
    return this.touched && !this.wiped && !this.closed && this.version !== this.sealed;
  }

  again() {
    if (!this.unsaved || this.busy) return;
    if (this.urls.draft) this.draft();
    else this.say('');
  }

  async draft() {
    clearTimeout(this.timer);
    if (!this.urls.draft || this.closed || this.busy || !this.unsaved) return;
    if (this.length > this.most) {
      this.say('long');
      return;
    }
    this.busy = true;
    const version = this.version;
    const { why } = await post(this.urls.draft, this.values());
    this.busy = false;
    if (this.wiped || this.closed) return;
    if (why === 'saved') {
      this.sealed = version;
      if (version === this.version) this.say('sealed');
      else this.soon(restFor);
      return;
    }
    this.refused(why, () => this.draft());
  }

  /** Reads a draft back that an earlier window of this contact has sealed. */
  async restore() {
    const { why, body } = await post(this.urls.draft);
    if (this.touched || this.wiped) return;
    this.earlier = why === 'locked';
    if (why === 'saved' && body) this.fill(body);
    else if (why === 'locked') this.say('earlier');
    else if (why === 'taken') this.taken();
    // It stands sealed all the same: without asking again, what is typed next would take its place.
    else if (why === 'busy' || why === 'network') this.timer = setTimeout(() => this.touched || this.wiped || this.restore(), restFor);
  }

  /** The person looks at it: now the passphrase may be asked for. */
  async shown() {
    if (this.earlier && !this.touched && await unlock()) await this.restore();
    else this.again();
  }

  async save() {
    if (this.closed || this.saving) return;
    clearTimeout(this.timer);
    if (this.length > this.most) {
      this.say('long');
      this.write();
      return;
    }
    this.saving = true;
    this.say('saving');
    const { why, body } = await post(this.urls.save, this.values());
    this.saving = false;
    if (this.wiped) return;
    if (why === 'saved') {
      this.closed = true;
      this.hooks.saved();
      return;
    }
    if (why === 'fault') {
      const q = this.question(body?.question ?? '');
      this.say(body?.question === 'text' ? 'long' : q ? 'fault' : 'unknown');
      if (q) this.turn(q);
      else this.write();
      return;
    }
    this.refused(why, () => this.save());
  }

  /** @param {import('./post.js').Answer['why']} why @param {() => void} retry */
  async refused(why, retry) {
    this.say(why);
    switch (why) {
      case 'login':
        this.hooks.login();
        break;
      case 'other':
        this.hooks.other();
        break;
      case 'taken':
        this.taken();
        break;
      case 'erased': // nothing of it is kept here either
        this.closed = true;
        this.form.reset();
        this.box.value = '';
        break;
      case 'locked': // a card ticks the note while its pane is away: then nobody is asked
        if (this.node.hidden) break;
        if (await unlock()) retry();
        break;
      case 'busy': case 'network': case 'supervisor':
        if (this.urls.draft) this.soon(againAfter);
    }
  }

  /** Somebody was first: what stands here stays to be read and copied. */
  taken() {
    this.closed = true;
    clearTimeout(this.timer);
    this.say(this.urls.draft ? 'taken' : 'changed');
    this.hooks.taken?.();
  }

  wipe() {
    this.wiped = true;
    this.over.abort();
    clearTimeout(this.timer);
    this.form.reset();
    this.box.value = '';
    for (const c of this.form.querySelectorAll('input')) c.checked = false;
    for (const name of ['hint', 'open', 'count', 'state']) this.part(name).textContent = '';
    for (const node of this.form.querySelectorAll('[data-got]')) node.textContent = '';
  }
}

/**
 * Says that the login has ended, keeps asking quietly whether there is one
 * again, and goes on. The same person goes on; somebody else does not.
 * @param {string} person whose page this is
 * @param {{back: () => void, other: () => void, out: () => void}} on
 * @returns {() => void} to be called when something said that there is no login
 */
export function loginGone(person, on) {
  const banner = document.getElementById('login-gone');
  let gone = false;
  const look = async () => {
    const { state, person: who } = await login();
    if (state === 'out') on.out();
    else if (state === 'in' && who !== person) on.other();
    else if (state === 'expired' && !gone) {
      gone = true;
      if (banner) banner.hidden = false;
    } else if (state === 'in' && gone) {
      gone = false;
      if (banner) banner.hidden = true;
      on.back();
    }
  };
  for (const when of ['focus', 'online']) addEventListener(when, () => gone && look());
  setInterval(() => gone && look(), 5000);
  return () => void look();
}
