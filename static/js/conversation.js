// @ts-check
// One conversation on the desk. Its words live in this page's memory: in the
// thread and in the elements here, and nowhere else. When the note is saved, or
// fifteen minutes after the end, both are wiped.

import { build, kept, read } from './cards.js';
import { Continuity } from './continuity.js';
import { cardWord, Referral } from './referral.js';
import { Note } from './note.js';
import { Thread } from './thread.js';
import { locked } from './lock.js';
import { clean, refused, visible } from './text.js';
import { veil } from './veil.js';
import { marked } from './window.js';
import { clock, has, t, n, waited } from './words.js';

const keepFor = 15 * 60; // seconds the text stays after the end, and once again when asked for

// How a conversation ended, as the note has it.
const endings = new Map(Object.entries({ visitor: 'visitor', counsellor: 'agreed', left: 'gone', idle: 'idle', misuse: 'misuse' }));
const groups = new Map(Object.entries({ self: 'own', professional: 'professional', survivor: 'survivor' }));

/**
 * @typedef {object} Waiter a contact as the desk knows it
 * @property {string} contact
 * @property {string} [door] or the door under 18 and the way behind it: young.harmed
 * @property {string} [locale]
 * @property {number} [waited] whole minutes
 * @property {string} [version]
 */
/**
 * @typedef {object} Hooks what the desk is told
 * @property {() => void} changed something the list shows
 * @property {(c: Conversation) => void} wrote the visitor wrote something that is not on the screen
 * @property {(c: Conversation, why: string) => void} gone it has been wiped
 * @property {(show: () => void) => void} unveil asks before an address is shown
 * @property {(c: Conversation) => void} leaving it has a note that is not saved, and is to be wiped
 * @property {() => void} login the login has ended
 * @property {() => void} other somebody else is logged in
 */

export class Conversation {
  /** @param {Waiter} waiter @param {number} number @param {Hooks} hooks */
  constructor(waiter, number, hooks) {
    this.contact = waiter.contact;
    this.waiter = waiter;
    this.name = t('desk.js.mine.name', { number });
    this.hooks = hooks;
    this.selected = false;
    this.unread = 0;
    this.presence = '';
    this.ending = ''; // the reason given by this desk
    this.over = false;
    this.until = 0;
    this.history = true; // what arrives now has been said before
    /** @type {Map<string, HTMLElement>} */
    this.nodes = new Map();
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('t-talk'));
    this.node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    this.box = /** @type {HTMLTextAreaElement} */ (this.part('text'));
    this.scroller = this.part('scroller');
    this.log = this.part('log');
    this.told = 0; // when "is writing" was last said
    this.wiped = false;
    this.wordless = false; // the words are wiped, the note is still being written
    this.broken = false;
    this.bottom = true; // the end of the conversation is in view
    this.note = new Note(this.part('note'), { save: `/closing/${this.contact}`, draft: `/closing/${this.contact}/draft` }, {
      saved: () => this.wipe('saved'),
      changed: () => this.asks(),
      login: () => hooks.login(),
      other: () => hooks.other(),
      taken: () => {
        this.part('note-taken').hidden = false;
        this.hooks.changed();
      },
      back: () => this.home(),
    });
    this.build();
    this.referral = new Referral(this.part('help'), { say: (body) => this.lead(body), given: () => this.given() });
    this.continuity = new Continuity(/** @type {HTMLDetailsElement} */ (this.part('keep')), (body) => this.lead(body));
    this.thread = new Thread({
      url: marked(`/desk/talk/${this.contact}`),
      side: 'c',
      on: {
        stage: (f) => this.stage(f),
        entries: () => this.entries(),
        status: (s) => this.status(s),
        presence: (s) => this.present(s),
        typing: (on) => this.typing(on),
        idle: (left) => this.idle(left),
        closed: (f) => this.closed(f),
        problem: (f, text, body) => this.problem(f, text, body),
        taken: () => this.taken(true),
        synced: () => this.synced(),
      },
    });
    this.thread.connect();
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.node.querySelector(`[data-${name}]`));
  }

  build() {
    this.node.hidden = true;
    this.part('title').textContent = this.name;
    this.box.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || e.shiftKey || e.altKey || e.isComposing) return;
      e.preventDefault();
      this.send();
    });
    this.box.addEventListener('input', () => this.wrote());
    this.part('box').addEventListener('submit', (e) => {
      e.preventDefault();
      this.send();
    });
    this.part('newer').addEventListener('click', () => {
      this.down();
      this.box.focus();
    });
    const size = () => `${this.scroller.clientWidth} ${this.scroller.clientHeight}`;
    let was = size();
    this.scroller.addEventListener('scroll', () => {
      // A window that turns scrolls too, before it is measured: nobody left the end.
      if (size() !== was) return;
      if (locked()) return; // the page moved by itself
      this.bottom = this.low();
      if (this.selected && this.bottom) this.read();
    }, { passive: true });
    // A box that grows, a window that turns: who was reading the end stays there.
    new ResizeObserver(() => {
      was = size();
      if (this.selected && this.bottom) this.down();
    }).observe(this.scroller);
    this.part('extend').addEventListener('click', () => {
      this.thread.extend();
      this.idle(0);
      this.box.focus();
    });
    this.part('use').addEventListener('click', () => {
      this.taken(false);
      this.thread.useHere();
      this.box.focus();
    });
    this.part('share').addEventListener('click', () => {
      this.thread.share();
      this.part('window').hidden = true;
      this.say(t('desk.js.shared'));
      this.box.focus();
    });
    this.part('unshare').addEventListener('click', () => {
      this.part('window').hidden = true;
      this.box.focus();
    });
    this.part('wipe').addEventListener('click', () => this.leave());
    this.part('longer').addEventListener('click', () => this.longer());
    this.part('note-tab').addEventListener('click', () => this.noting(this.part('note').hidden !== false));
    this.part('note-close').addEventListener('click', () => this.noting(false));
    this.note.preset('channel', 'chat');
    const help = this.part('help');
    help.addEventListener('toggle', () => this.node.classList.toggle('helping', help.querySelector('details[open]') !== null), true);
    this.facts();
    this.asks();
  }

  // ---- the note

  /** Shows the note beside the conversation and goes to it, or puts it away. @param {boolean} on */
  noting(on) {
    this.paper(on);
    if (on) {
      this.note.begin();
      this.note.shown();
    } else this.home();
  }

  /** @param {boolean} on */
  paper(on) {
    this.part('note').hidden = !on;
    this.part('note-tab').setAttribute('aria-expanded', String(on));
    this.node.classList.toggle('noting', on);
  }

  // ---- the way on

  /** The keys of the directory and the steps. @param {'show'|'give'|'steps'|'keep'} what */
  helps(what) {
    if (this.over || !this.part('taken').hidden) {
      this.say(t(this.over ? 'desk.js.help.over' : 'desk.js.help.elsewhere'));
      return;
    }
    // On most screens there is room for one of the two; what was written in the note stays in it.
    if (!this.part('help').checkVisibility()) this.paper(false);
    if (what === 'keep') this.continuity.show();
    else this.referral[what]();
  }

  /** The visitor's page says what stands behind a return code: the card is shown, and the note belongs to the code. @param {import('./cards.js').Kept} found */
  known(found) {
    this.card = found;
    this.note.link(found.of);
    if (this.history) return;
    this.continuity.last(found.keep);
  }

  /** A card or steps have their place: a card is ticked in the note. @param {import('./thread.js').Row} row */
  placed(row) {
    const found = read(row.body);
    if (!found) return;
    if (found.card) this.note.provider(found.card.id, found.card.name, !this.history);
    if (!this.history) this.say(t(found.card ? 'desk.js.card.sent' : found.steps ? 'desk.js.plan.sent' : 'desk.js.keep.sent'));
  }

  /** One key goes to the open questions, from there to the words of the note, and back. */
  noteKey() {
    const at = document.activeElement;
    if (this.part('note').hidden) this.noting(true);
    else if (at === this.note.box) this.home();
    else if (this.part('note').contains(at)) this.note.write();
    else this.note.begin();
  }

  /** To where the person writes to the visitor; after the end, to the words. */
  home() {
    if (!this.over) this.box.focus();
    else if (this.part('note').hidden) this.part('wipe').focus();
    else this.scroller.focus();
  }

  /** What is asked at every contact stands in view until it has an answer. */
  asks() {
    const all = this.note.questions.filter((q) => q.dataset.asked !== undefined);
    this.part('asks').replaceChildren(...all.map((q) => {
      const open = !this.note.answer(q).length;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = open ? 'asks-open' : 'asks-done';
      button.dataset.ask = q.dataset.question;
      const name = document.createElement('span');
      name.textContent = q.querySelector('legend [data-name]')?.textContent ?? '';
      const got = document.createElement('b');
      got.textContent = open ? t('note.js.unanswered') : this.note.answer(q).join(', ');
      button.append(name, ' ', got);
      button.addEventListener('click', () => {
        if (this.part('note').hidden) this.noting(true);
        this.note.turn(q);
      });
      return button;
    }));
    this.hooks.changed();
  }

  /** Wipes, after asking when a note would be left unfinished. */
  leave() {
    if (this.note.touched && !this.note.closed) this.hooks.leaving(this);
    else this.wipe('wiped');
  }

  // ---- about the visitor

  facts() {
    const { door, locale, version } = this.waiter;
    const [plain] = door?.split('.') ?? []; // behind the dot is the way that somebody under 18 chose
    this.referral?.about({ ...this.waiter, door: plain });
    if (plain) {
      this.note.preset('door', plain);
      this.note.preset('group', groups.get(plain) ?? '');
    }
    /** @type {[string, string][]} */
    const rows = [];
    if (door) rows.push(['door', t(`staff.door.${door}`)]);
    if (locale) rows.push(['locale', t(`staff.locale.${locale}`)]);
    if (this.waiter.waited !== undefined) rows.push(['waited', waited(this.waiter.waited)]);
    if (version) rows.push(['version', t('desk.js.fact.version.value', { version })]);
    this.part('facts').replaceChildren(...rows.map(([key, text]) => {
      const pair = document.createElement('div');
      const what = document.createElement('dt');
      what.textContent = t(`desk.js.fact.${key}`);
      const value = document.createElement('dd');
      value.textContent = text;
      pair.append(what, value);
      return pair;
    }));
  }

  /** @returns {string} for the list */
  about() {
    const { door, locale } = this.waiter;
    const state = this.over ? t('desk.js.mine.ended') : has(`desk.js.presence.${this.presence}`) ? t(`desk.js.presence.${this.presence}`) : '';
    return [door && t(`staff.door.${door}`), locale && t(`staff.locale.${locale}`), state].filter(Boolean).join(' · ');
  }

  /** @param {import('./thread.js').Frame} f */
  stage(f) {
    const { door, locale, version } = f;
    this.part('plain').hidden = !f.plain;
    if (door) this.waiter = { ...this.waiter, door, locale, version };
    this.facts();
    this.hooks.changed();
  }

  /** @param {string} state */
  present(state) {
    if (state === 'window') {
      this.part('window').hidden = false;
      state = 'here';
    }
    this.presence = state;
    const node = this.part('presence');
    node.dataset.presence = state;
    node.textContent = has(`desk.js.presence.${state}`) ? t(`desk.js.presence.${state}`) : '';
    if (state !== 'here') this.typing(false);
    this.hooks.changed();
  }

  /** @param {boolean} on */
  typing(on) {
    clearTimeout(this.still);
    this.part('typing').textContent = on ? t('desk.js.typing') : '';
    if (on) this.still = setTimeout(() => this.typing(false), 8000);
  }

  // ---- the link

  /** @param {string} text */
  say(text) {
    clearTimeout(this.quiet);
    this.part('status').textContent = text;
    if (text) this.quiet = setTimeout(() => this.say(''), 10_000);
  }

  /** @param {'connecting'|'live'|'waiting'|'stopped'} s */
  status(s) {
    if (this.over) return;
    if (s === 'waiting') {
      clearTimeout(this.quiet);
      this.broken = true;
      this.part('status').textContent = t('desk.js.status.waiting');
      this.typing(false);
    }
  }

  synced() {
    if (this.broken) this.say(t('desk.js.status.interrupted'));
    this.broken = false;
    this.taken(false);
    this.entries();
    this.history = false;
    const plan = this.thread.entries.map((row) => row.mine ? read(row.body)?.steps : undefined).findLast(Boolean);
    if (plan) this.referral.last(plan);
    if (this.card) this.continuity.last(this.card.keep);
    // What was said before stands there without being read out; from here on it is.
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
  }

  /** @param {boolean} elsewhere */
  taken(elsewhere) {
    this.part('taken').hidden = !elsewhere;
    this.part('box').hidden = elsewhere || this.over;
    this.part('help').hidden = elsewhere || this.over;
  }

  /** @param {import('./thread.js').Frame} f @param {string} text @param {string} body */
  problem(f, text, body) {
    const found = text ? null : read(body);
    const window = f.code === 'window' ? t('desk.js.refused.window') : '';
    if (found?.card) {
      const key = `desk.js.card.refused.${f.code}`;
      this.refuse(window || t(has(key) ? key : 'desk.js.card.refused.text', { name: found.card.name }));
      this.referral.again(f.code === 'removed');
    } else if (found) this.refuse(window || t(found.steps ? 'desk.js.plan.refused' : 'desk.js.keep.refused'));
    else if (text) this.give(text, window || t('desk.js.refused.server'));
    if (f.code === 'busy') this.say(t('desk.js.refused.busy'));
    if (f.code === 'version') this.say(t('desk.js.version'));
  }

  /** @param {number} left seconds; 0 takes the warning back */
  idle(left) {
    clearInterval(this.ticking);
    this.part('idle').hidden = !left || this.over;
    if (!left) return;
    const end = Date.now() + left * 1000;
    const tick = () => {
      this.part('idle-left').textContent = clock(Math.max(0, (end - Date.now()) / 1000));
    };
    tick();
    this.part('idle-words').textContent = t('desk.js.idle');
    this.ticking = setInterval(tick, 1000);
  }

  // ---- the words

  low() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
  }

  down() {
    this.bottom = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.read();
  }

  // What is on the screen is acknowledged, and no longer new. Behind the lock nothing is.
  read() {
    if (locked()) return;
    this.unread = 0;
    this.part('newer').hidden = true;
    if (this.selected) this.thread.shown(this.thread.top());
    this.hooks.changed();
  }

  entries() {
    if (!this.thread || this.wiped || this.wordless) return;
    const stay = this.bottom;
    /** @type {Set<string>} */
    const now = new Set();
    /** @type {ChildNode|null} */
    let place = this.log.firstChild;
    let fresh = 0;
    for (const row of this.thread.entries) {
      const key = row.kind === 'gap' ? row.id : `${row.side} ${row.id}`;
      now.add(key);
      let node = this.nodes.get(key);
      if (!node) {
        node = this.make(row);
        this.nodes.set(key, node);
        if (row.kind === 'text' && !row.mine) fresh++;
      }
      this.update(node, row);
      if (node === place) place = place.nextSibling;
      else this.log.insertBefore(node, place);
    }
    for (const [key, node] of this.nodes) {
      if (now.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
    if (fresh) this.typing(false);
    if (this.selected && stay && !locked()) this.down();
    else if (fresh && !this.history) {
      this.unread += fresh;
      this.part('newer').textContent = n('desk.js.newer', this.unread);
      this.part('newer').hidden = false;
      this.hooks.changed();
    }
    if (fresh && !this.history && (!this.selected || document.hidden || locked() || this.unread)) this.hooks.wrote(this);
  }

  /** @param {import('./thread.js').Row} row @returns {HTMLElement} */
  make(row) {
    if (row.kind !== 'text') {
      const p = document.createElement('p');
      p.className = row.kind === 'gap' ? 'between gap' : 'between';
      return p;
    }
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('t-said'));
    const node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    node.classList.toggle('mine', row.mine);
    const words = /** @type {HTMLElement} */ (node.querySelector('.text'));
    const by = document.createElement('span');
    by.className = 'sr';
    by.textContent = `${t(row.mine ? 'desk.js.by.me' : 'desk.js.by.visitor')}: `;
    words.append(by);
    const shown = row.mine ? null : kept(row.body, this.contact);
    const found = shown ?? (row.mine ? read(row.body) : null);
    if (shown) this.known(shown);
    if (found) {
      node.classList.add('slips');
      words.append(build(found, cardWord, false));
    } else if (row.mine) words.append(visible(row.text));
    else for (const part of veil(visible(row.text))) words.append(part.hidden ? this.veiled(part.text) : part.text);
    return node;
  }

  /** @param {string} text an address @returns {HTMLElement} */
  veiled(text) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'veiled';
    button.textContent = t('desk.js.veiled');
    button.addEventListener('click', () => this.hooks.unveil(() => {
      const shown = document.createElement('span');
      shown.className = 'unveiled';
      shown.textContent = text;
      button.replaceWith(shown);
    }));
    return button;
  }

  /** @param {HTMLElement} node @param {import('./thread.js').Row} row */
  update(node, row) {
    if (row.kind !== 'text') {
      const text = row.kind === 'gap' ? t(row.gone ? 'desk.js.gap.gone' : 'desk.js.gap') : '';
      if (node.textContent !== text) node.textContent = text;
      return;
    }
    if (!row.mine || node.dataset.state === row.state) return;
    node.dataset.state = row.state;
    const lost = row.state === 'lost' || row.state === 'unknown';
    if (!node.dataset.placed && (row.state === 'held' || row.state === 'delivered')) {
      node.dataset.placed = '';
      this.placed(row);
    }
    node.classList.toggle('failed', lost);
    const state = /** @type {HTMLElement} */ (node.querySelector('.state'));
    state.textContent = t(`desk.js.state.${row.state}`);
    if (!lost || this.over) return;
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'plain';
    again.textContent = t('desk.js.again');
    again.addEventListener('click', () => {
      again.remove();
      if (row.text) this.give(row.text, '');
      else this.lead(row.body);
    });
    state.append(' ', again);
  }

  // ---- writing

  /** Says why something was not sent, until the person writes on. @param {string} why */
  refuse(why) {
    this.say('');
    this.part('refused').textContent = why;
  }

  /** Gives words back to the writer, never over other words. @param {string} text @param {string} why */
  give(text, why) {
    this.box.value = this.box.value.trim() ? `${this.box.value}\n\n${text}` : text;
    this.part('refused').textContent = why;
    if (this.selected) this.box.focus();
  }

  wrote() {
    this.part('refused').textContent = '';
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.rest(), 5000);
    if (this.told && performance.now() - this.told < 3000) return;
    this.told = performance.now();
    this.thread.typing(true);
  }

  rest() {
    clearTimeout(this.pause);
    if (this.told) this.thread.typing(false);
    this.told = 0;
  }

  send() {
    const text = clean(this.box.value).trim();
    if (!text || this.over) return;
    const why = refused(text);
    this.part('refused').textContent = why ? t(`desk.js.refused.${why}`) : '';
    if (why) {
      this.box.focus();
      return;
    }
    this.box.value = '';
    this.thread.say(text);
    this.rest();
    this.down();
    this.box.focus();
  }

  /** Puts a card or steps into the conversation. @param {string} body */
  lead(body) {
    if (this.over) return;
    this.part('refused').textContent = '';
    this.thread.tell(body);
    this.down();
    this.box.focus();
  }

  /** @returns {Set<string>} the providers whose card stands in the conversation */
  given() {
    return new Set(this.thread.entries.map((row) => row.mine && row.state !== 'lost' && read(row.body)?.card?.id || '').filter(Boolean));
  }

  /** Something that the page would lose by a reload. */
  get unsaved() {
    return !this.wiped && (this.note.unsaved || this.thread.open || (!this.over && this.box.value.trim() !== ''));
  }

  /** An own message that is not on the visitor's page yet. */
  get undelivered() {
    return this.thread.entries.some((r) => r.state === 'sending' || r.state === 'held');
  }

  // ---- showing, ending, wiping

  /** @param {boolean} on */
  select(on) {
    this.selected = on;
    this.node.hidden = !on;
    if (!on) return;
    this.down();
    if (this.over && !this.part('note').hidden) this.note.begin();
    else this.home();
  }

  /** @param {'done'|'misuse'} reason */
  finish(reason) {
    this.ending = reason;
    this.thread.leave(reason);
  }

  /** @param {import('./thread.js').Frame} f */
  closed(f) {
    if (this.over) return;
    if (f.reason === 'moved' && !this.note.touched) {
      this.wipe('moved');
      return;
    }
    this.over = true;
    this.presence = '';
    this.idle(0);
    this.rest();
    this.typing(false);
    this.say('');
    this.part('box').hidden = true;
    this.part('taken').hidden = true;
    this.part('window').hidden = true;
    this.part('finish').hidden = true;
    this.referral.end();
    this.continuity.node.open = false;
    this.part('presence').textContent = t('desk.js.mine.ended');
    this.part('presence').dataset.presence = 'ended';
    const key = `desk.js.over.${f.reason}`;
    this.part('over-words').textContent = t(has(key) ? key : 'desk.js.over.other');
    this.part('over').hidden = false;
    this.note.preset('ended', endings.get(f.reason) ?? '');
    this.until = Date.now() + keepFor * 1000;
    if (f.reason === 'moved') this.until = 0; // the words are not ours any more
    this.part('longer').hidden = this.part('longer-why').hidden = f.reason === 'moved';
    this.countdown();
    if (!this.wordless) this.counting = setInterval(() => this.countdown(), 1000);
    this.entries();
    const calm = this.selected && !document.querySelector('dialog[open]');
    if (calm && !this.part('note').contains(document.activeElement)) this.noting(true);
    this.hooks.changed();
  }

  /** Keeps the text once more as long, for a concern or to talk it over. There is no third time. */
  longer() {
    if (this.wiped || this.wordless || this.part('longer').hidden) return;
    this.part('longer').hidden = this.part('longer-why').hidden = true;
    this.until += keepFor * 1000;
    this.countdown();
    this.part('wipe').focus();
  }

  countdown() {
    const left = (this.until - Date.now()) / 1000;
    if (left > 0) this.part('over-left').textContent = t('desk.js.over.time', { time: clock(left) });
    else if (this.note.touched && !this.note.closed) this.forget();
    else this.wipe('wiped');
  }

  /** Wipes the words of the conversation; what the page keeps is the note that is being written. */
  forget() {
    this.wordless = true;
    clearInterval(this.counting);
    clearInterval(this.ticking);
    this.rest();
    this.thread.stop();
    this.thread.wipe();
    this.referral.wipe();
    this.continuity.wipe();
    this.nodes.clear();
    this.log.replaceChildren();
    this.box.value = '';
    this.part('over-left').textContent = t('desk.js.over.wordless');
    this.part('longer').hidden = this.part('longer-why').hidden = true;
  }

  /** @param {'wiped'|'saved'|'moved'|'out'} why */
  wipe(why) {
    if (this.wiped) return;
    this.wiped = true;
    this.forget();
    this.note.wipe();
    this.node.remove();
    this.hooks.gone(this, why);
  }
}
