// @ts-check
// Where a conversation leads: a search in the directory whose cards go into the
// conversation by one key, and the steps that two people agree on. What is
// asked here goes to our own server and is kept nowhere.

import { build, read } from './cards.js';
import { clean, refused } from './text.js';
import { has, n, t } from './words.js';

const steps = { most: 8, long: 200 };

/**
 * @typedef {object} Match a provider, as the server found it
 * @property {string} id
 * @property {string} name
 * @property {string} of
 * @property {string[]|null} regions
 * @property {string[]|null} modes
 * @property {string} cost
 * @property {string[]|null} anonymity
 * @property {string} why it cannot be sent: hidden, inactive, outdated, unfit
 * @property {string} body what is said to send it
 */
/**
 * @typedef {object} ReferralHooks
 * @property {(body: string) => void} say puts it into the conversation
 * @property {() => Set<string>} given the providers whose card was sent already
 */

/** @type {import('./cards.js').Say} */
export const cardWord = (key, values) => t(`desk.js.card.${key}`, values);

/** @param {string} kind @param {string} code @returns {string} */
const named = (kind, code) => {
  const words = { region: `desk.js.region.${code}`, mode: `desk.js.mode.${code}`, cost: `desk.js.cost.${code}`, anonymity: `desk.js.anonymity.${code}` };
  const key = words[/** @type {keyof typeof words} */ (kind)];
  return has(key) ? t(key) : code;
};

export class Referral {
  /** @param {HTMLElement} node @param {ReferralHooks} hooks */
  constructor(node, hooks) {
    this.node = node;
    this.hooks = hooks;
    this.locale = 'en';
    this.asked = 0; // searches sent; an older answer is not shown
    this.known = false; // the visitor's door has been filled in
    /** @type {Match|null} */
    this.open = null;
    this.form = /** @type {HTMLFormElement} */ (this.part('search'));
    this.box = /** @type {HTMLTextAreaElement} */ (this.part('steps-text'));
    this.find = /** @type {HTMLDetailsElement} */ (this.part('find'));
    this.plan = /** @type {HTMLDetailsElement} */ (this.part('plan'));
    this.find.addEventListener('toggle', () => {
      if (!this.find.open) return;
      this.plan.open = false;
      if (!this.asked) this.search();
    });
    this.plan.addEventListener('toggle', () => {
      if (this.plan.open) this.find.open = false;
    });
    this.form.addEventListener('input', () => this.search(200));
    this.form.addEventListener('submit', (e) => {
      e.preventDefault();
      this.search();
    });
    this.find.addEventListener('keydown', (e) => this.move(e));
    this.part('plan-form').addEventListener('submit', (e) => {
      e.preventDefault();
      this.agree();
    });
    this.box.addEventListener('input', () => this.tell('plan-note', ''));
    this.box.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || !e.ctrlKey || e.isComposing) return;
      e.preventDefault();
      this.agree();
    });
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.node.querySelector(`[data-${name}]`));
  }

  /** @param {string} part @param {string} text */
  tell(part, text) {
    this.part(part).textContent = text;
  }

  /** What is known of the visitor narrows the first search. @param {{door?: string, locale?: string}} waiter */
  about({ door = '', locale = '' }) {
    if (!door || this.known) return;
    this.known = true;
    this.locale = locale;
    const choice = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem('door'));
    if ([...choice.options].some((o) => o.value === door)) choice.value = door;
  }

  // ---- the directory

  show() {
    this.find.open = true;
    const box = /** @type {HTMLInputElement} */ (this.form.elements.namedItem('text'));
    box.focus();
    box.select();
  }

  /** @param {number} [wait] milliseconds, while somebody types */
  search(wait = 0) {
    clearTimeout(this.soon);
    const mine = ++this.asked;
    this.part('list').ariaBusy = 'true';
    this.soon = setTimeout(async () => {
      const query = new URLSearchParams(/** @type {any} */ (new FormData(this.form)));
      query.set('locale', this.locale);
      try {
        const answer = await fetch('/desk/providers', { method: 'POST', body: query, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(15_000) });
        if (!answer.ok) throw new Error(String(answer.status));
        const a = await answer.json();
        if (mine === this.asked) this.list(a.found, a.total, a.regions ?? []);
      } catch {
        if (mine === this.asked) this.tell('found', t('desk.js.help.failed'));
      }
      if (mine === this.asked) this.part('list').ariaBusy = null;
    }, wait);
  }

  /** @param {Match[]} found @param {number} total @param {string[]} regions */
  list(found, total, regions) {
    const open = this.open;
    const inside = this.part('list').contains(document.activeElement);
    this.open = null;
    const choice = /** @type {HTMLSelectElement} */ (this.form.elements.namedItem('region'));
    const had = new Set([...choice.options].map((o) => o.value));
    for (const code of regions) if (!had.has(code)) choice.add(new Option(named('region', code), code));
    const given = this.hooks.given();
    this.part('list').replaceChildren(...found.map((m) => this.item(m, given.has(m.id))));
    this.tell('found', !total ? t('desk.js.help.none') : total > found.length ? t('desk.js.help.more', { n: found.length, total }) : n('desk.js.help.found', total));
    // A card that was opened while the answer was on its way stays open.
    const at = open ? found.findIndex((m) => m.id === open.id) : -1;
    const item = at < 0 ? null : /** @type {HTMLElement} */ (this.part('list').children[at]);
    if (item) this.turn(item, found[at]);
    if (inside) (item?.querySelector('button') ?? /** @type {HTMLElement} */ (this.form.elements.namedItem('text'))).focus();
  }

  /** @param {Match} m @param {boolean} given @returns {HTMLElement} */
  item(m, given) {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-expanded', 'false');
    const name = document.createElement('b');
    name.textContent = m.name;
    const line = document.createElement('span');
    line.className = 'soft';
    line.textContent = [
      m.of !== m.name && m.of, ...(m.regions ?? []).map((r) => named('region', r)), ...(m.modes ?? []).map((x) => named('mode', x)),
      m.cost && named('cost', m.cost), ...(m.anonymity ?? []).slice(0, 1).map((x) => named('anonymity', x)),
      given && t('desk.js.help.given'),
    ].filter(Boolean).join(' · ');
    button.append(name, line);
    button.addEventListener('click', () => this.turn(item, m));
    item.append(button);
    return item;
  }

  /** Opens a provider's card, or closes it. @param {HTMLElement} item @param {Match} m */
  turn(item, m) {
    const was = this.open === m;
    for (const old of this.part('list').querySelectorAll('[data-card]')) old.remove();
    for (const b of this.part('list').querySelectorAll('[aria-expanded=true]')) b.setAttribute('aria-expanded', 'false');
    this.open = was ? null : m;
    if (was) return;
    item.querySelector('button')?.setAttribute('aria-expanded', 'true');
    const box = document.createElement('div');
    box.dataset.card = '';
    const found = read(m.body);
    if (m.why || !found) {
      const why = document.createElement('p');
      why.className = 'warn small';
      why.textContent = t(`desk.js.why.${m.why || 'unfit'}`);
      box.append(why);
    } else {
      const give = document.createElement('button');
      give.type = 'button';
      give.className = 'button small';
      give.dataset.give = '';
      const cap = document.createElement('kbd');
      cap.setAttribute('aria-hidden', 'true');
      cap.textContent = 'Alt + G';
      give.append(t('desk.js.help.give'), ' ', cap);
      give.addEventListener('click', () => this.give());
      box.append(give, build(found, cardWord, false));
    }
    item.append(box);
    item.scrollIntoView({ block: 'nearest' });
  }

  /** Up and down go through what was found, and open it. @param {KeyboardEvent} e */
  move(e) {
    if ((e.key !== 'ArrowDown' && e.key !== 'ArrowUp') || e.target instanceof HTMLSelectElement || e.altKey) return;
    const all = /** @type {HTMLElement[]} */ ([...this.part('list').querySelectorAll('li > button')]);
    const at = all.findIndex((b) => b.parentElement?.contains(document.activeElement));
    const next = all[at + (e.key === 'ArrowDown' ? 1 : -1)];
    if (at < 0 && e.key === 'ArrowUp') return;
    e.preventDefault();
    if (!next) {
      if (at === 0) /** @type {HTMLElement} */ (this.form.elements.namedItem('text')).focus();
      return;
    }
    next.focus();
    if (next.getAttribute('aria-expanded') === 'false') next.click();
  }

  /** Puts the card that is open into the conversation. */
  give() {
    if (!this.open) {
      this.show();
      this.tell('found', t('desk.js.help.choose'));
      return;
    }
    if (!this.open.body) return;
    this.hooks.say(this.open.body);
    this.find.open = false;
    this.open = null;
    this.asked = 0; // the next look at the directory is a new one
    this.part('list').ariaBusy = null;
    this.part('list').replaceChildren();
  }

  /** The directory is not as it was: looks again, without taking the writer away. @param {boolean} gone what was asked for is not there any more */
  again(gone) {
    if (gone) /** @type {HTMLInputElement} */ (this.form.elements.namedItem('text')).value = '';
    this.find.open = true;
    this.search();
  }

  // ---- the steps

  steps() {
    this.plan.open = true;
    this.box.focus();
  }

  /** The steps as they were agreed last, for a page that was loaded again. @param {string[]} last */
  last(last) {
    if (!this.box.value && !this.plan.open) this.box.value = last.join('\n');
  }

  agree() {
    const lines = clean(this.box.value).split('\n')
      .map((s) => s.replace(/\p{Bidi_Control}|[\u2028\u2029\u2060-\u206f\ufeff]/gu, '').replace(/\s+/g, ' ').replace(/^ ?([-*•]|\d+[.)]) /, '').trim())
      .filter(Boolean);
    const why = !lines.length ? 'empty' : lines.length > steps.most ? 'many' : lines.some((s) => s.length > steps.long) ? 'long' : refused(lines.join('\n'));
    if (why) {
      this.tell('plan-note', t(`desk.js.plan.${why}`));
      this.box.focus();
      return;
    }
    this.hooks.say(JSON.stringify({ steps: lines }));
    this.box.value = lines.join('\n');
    this.plan.open = false;
  }

  // ---- the end

  /** Nothing can be sent any more. */
  end() {
    clearTimeout(this.soon);
    this.find.open = this.plan.open = false;
    this.node.hidden = true;
  }

  wipe() {
    this.end();
    this.asked = -1;
    this.open = null;
    this.form.reset();
    this.box.value = '';
    this.part('list').replaceChildren();
    this.tell('found', '');
  }
}
