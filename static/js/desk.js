// @ts-check
// The counsellor's desk: duty, the queue, offers, and one Conversation for each
// visitor. What the lane says is the truth; this page only shows it and, after
// a break of the line, says again what the person had asked for.

import { Line } from './thread.js';
import { Conversation } from './conversation.js';
import { Elsewhere, begun } from './elsewhere.js';
import './inbox.js';
import { listen } from './keys.js';
import { loginGone } from './note.js';
import { audible, sound } from './sound.js';
import { marked } from './window.js';
import { n, t, waited } from './words.js';

/** @typedef {import('./conversation.js').Waiter} Waiter */

/** @param {string} id @returns {HTMLElement} */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id @param {string} text */
const put = (id, text) => {
  const node = $(id);
  if (node.textContent !== text) node.textContent = text;
};

/** @param {string} id @returns {HTMLElement} a copy of a template's element */
const copy = (id) => /** @type {HTMLElement} */ (/** @type {HTMLTemplateElement} */ ($(id)).content.firstElementChild?.cloneNode(true));

/** @param {string} id @returns {HTMLInputElement} */
const tick = (id) => /** @type {HTMLInputElement} */ ($(id));

/** @param {string} id @returns {HTMLDialogElement} */
const dialog = (id) => /** @type {HTMLDialogElement} */ ($(id));

// What the lane last said, and what the person last asked for.
const soon = 3000; // milliseconds in which a board may not know of a press yet
let live = false;
let on = false;
let asking = false;
const wanted = { on: false, next: false };
let told = { on: false, next: false };
let acted = 0;
/** @type {Waiter|null} */
let taking = null;
let fails = 0;

/** @typedef {Conversation & Elsewhere} Open what both can do */

/** @type {Open[]} */
const mine = [];
/** @type {Open|null} */
let current = null;
let count = 0;
/** @type {Set<string>} */
const closed = new Set();

// ---- the lane

const lane = new Line(marked('/desk/lane'), {
  open: (send) => {
    if (wanted.on || taking) acted = Date.now();
    if (wanted.on) send({ k: 'duty', on: true });
    if (wanted.next) send({ k: 'next', on: true });
    if (taking) send({ k: 'accept', contact: taking.contact });
  },
  frame: (f) => {
    fails = 0;
    if (f.k === 'board') board(f);
    else if (f.k === 'accept') accepted(f);
    else if (f.k === 'problem') problem(f);
  },
  status: (s) => {
    live = s === 'live';
    $('line-state').dataset.state = s;
    put('line-state', t(`desk.js.line.${s === 'live' || s === 'connecting' ? s : 'down'}`));
    buttons();
    if (s === 'waiting' && ++fails > 1) checkLogin();
    if (s === 'live') clearTimeout(kept);
    if (s === 'live') kept = undefined;
  },
});

// A login that was ended here takes everything with it. One that ran out keeps
// what stands on the page for fifteen minutes, for whoever logs in again.
/** @param {string} to */
function leave(to) {
  clearTimeout(kept);
  for (const c of [...mine]) c.wipe('out');
  lane.close();
  location.replace(to);
}
/** @type {number|undefined} */
let kept;
const gone = loginGone($('desk').dataset.person ?? '', {
  out: () => leave('/login?out'),
  other: () => leave('/desk'),
  back: () => {
    clearTimeout(kept);
    kept = undefined;
    lane.again();
    for (const c of mine) {
      c.thread?.line.again();
      c.note.again();
    }
  },
});
function checkLogin() {
  kept ??= setTimeout(() => $('login-gone').hidden || leave('/login'), 15 * 60_000);
  gone();
}

/** @param {import('./thread.js').Frame} f */
function board(f) {
  told = { on: !!f.on, next: !!f.asking };
  settle();
  queue(f.waiting ?? 0, f.longest ?? 0);
  offers(f.ready ?? []);
  people(f.people ?? []);
  for (const w of f.yours ?? []) if (!closed.has(w.contact)) begin(w, false);
  buttons();
}

/** @type {ReturnType<typeof setTimeout>|undefined} */
let settling;

// Takes over what the last board said. One that was on its way when somebody
// pressed takes no press back. Another window may have changed it too: what still
// differs after a moment counts.
function settle() {
  clearTimeout(settling);
  const left = acted + soon - Date.now();
  if (left > 0 && (told.on !== wanted.on || told.next !== wanted.next)) settling = setTimeout(settle, left);
  else {
    Object.assign(wanted, told);
    ({ on, next: asking } = told);
  }
  buttons();
}

/** @param {import('./thread.js').Frame} f */
function accepted(f) {
  if (taking?.contact === f.contact) {
    if (!f.mine) note(t('desk.js.offer.other'));
    taking = f.mine ? taking : null;
  }
  if (!f.mine) return;
  acted = Date.now();
  wanted.next = asking = false; // who takes one has not asked for another
  buttons();
  begin(taking?.contact === f.contact && taking ? taking : { contact: f.contact }, true);
  taking = null;
  offers([]); // the next board brings the others back
}

/** @param {import('./thread.js').Frame} f */
function problem(f) {
  if (f.code === 'holding') {
    wanted.next = asking = false;
    buttons();
  }
  const words = { other: 'desk.js.offer.other', late: 'desk.js.offer.gone', holding: 'desk.js.offer.holding', version: 'desk.js.version', disk: 'desk.js.offer.disk' };
  const key = words[/** @type {keyof typeof words} */ (f.code)];
  if (!key) return;
  if (taking && (f.id === taking.contact || f.code === 'holding')) taking = null;
  note(t(key));
  for (const b of $('offers').querySelectorAll('button')) b.disabled = false;
}

/** @param {string} text */
function note(text) {
  put('desk-note', text);
  clearTimeout(noteTimer);
  if (text) noteTimer = setTimeout(() => put('desk-note', ''), 8000);
}
/** @type {number|undefined} */
let noteTimer;

// ---- duty and queue

function buttons() {
  const duty = /** @type {HTMLButtonElement} */ ($('on'));
  duty.disabled = !live;
  duty.setAttribute('aria-pressed', String(on));
  put('on-word', t(on ? 'desk.js.duty.on' : 'desk.js.duty.off'));
  const next = /** @type {HTMLButtonElement} */ ($('next'));
  next.disabled = !live || !on;
  next.setAttribute('aria-pressed', String(asking));
  next.classList.toggle('quiet', asking);
  put('next', t(asking ? 'desk.js.next.asked' : 'desk.js.next.ask'));
  put('next-note', t(`desk.js.next.${!on ? 'off' : asking ? 'looking' : 'note'}`));
}

function duty() {
  if (!live) return;
  acted = Date.now();
  wanted.on = !on;
  if (!wanted.on) wanted.next = false;
  lane.send({ k: 'duty', on: wanted.on });
  ({ on, next: asking } = wanted); // shown at once; the next board says what is true
  buttons();
}

function next() {
  if (!live || !on) return;
  acted = Date.now();
  wanted.next = !asking;
  lane.send({ k: 'next', on: wanted.next });
  asking = wanted.next;
  buttons();
}

/** @param {number} waiting @param {number} longest minutes */
function queue(waiting, longest) {
  const words = [waiting ? n('desk.js.wait.count', waiting) : t('desk.js.wait.none')];
  if (waiting && longest) words.push(n('desk.js.wait.long', longest));
  put('wait-words', words.join(', '));
}

/** @param {Waiter[]} ready */
function offers(ready) {
  const box = $('offers');
  // A board that was on its way may still name a visitor who has been taken.
  ready = ready.filter((w) => !closed.has(w.contact) && !mine.some((c) => c.contact === w.contact));
  const now = new Set(ready.map((w) => w.contact));
  for (const card of [...box.children]) {
    if (card instanceof HTMLElement && !now.has(card.dataset.offer ?? '')) card.remove();
  }
  if (taking && !now.has(taking.contact) && Date.now() - acted > 5000) taking = null;
  for (const w of ready) {
    const old = [...box.children].find((c) => c instanceof HTMLElement && c.dataset.offer === w.contact);
    const card = /** @type {HTMLElement} */ (old ?? copy('t-offer'));
    const words = /** @type {HTMLElement} */ (card.querySelector('[data-words]'));
    words.textContent = t('desk.js.offer.words', {
      door: t(`staff.door.${w.door}`), locale: t(`staff.locale.${w.locale}`), time: waited(w.waited ?? 0),
    });
    if (old) continue;
    card.dataset.offer = w.contact;
    const button = /** @type {HTMLButtonElement} */ (card.querySelector('[data-accept]'));
    button.addEventListener('click', () => accept(w));
    box.append(card);
    chime('ready');
  }
  for (const [i, card] of [...box.children].entries()) {
    const button = card.querySelector('[data-accept]');
    if (button) button.id = i === 0 ? 'accept' : '';
  }
}

/** @param {Waiter} w */
function accept(w) {
  if (taking) return;
  acted = Date.now();
  taking = w;
  for (const b of $('offers').querySelectorAll('button')) b.disabled = true;
  lane.send({ k: 'accept', contact: w.contact });
}

/** @param {{alias: string, state: string, chats: number, asking: boolean}[]} list */
function people(list) {
  $('people-none').hidden = list.length > 0;
  $('people').replaceChildren(...list.map((p) => {
    const li = document.createElement('li');
    const name = document.createElement('b');
    name.textContent = p.alias;
    const what = document.createElement('span');
    what.className = 'soft';
    what.textContent = [t(`desk.js.person.${p.state}`), n('desk.js.person.chats', p.chats ?? 0), p.asking && t('desk.js.person.asking')].filter(Boolean).join(' · ');
    li.append(name, what);
    return li;
  }));
}

// ---- conversations

/** @param {Waiter} w @param {boolean} show */
function begin(w, show) {
  let c = mine.find((one) => one.contact === w.contact);
  if (!c) {
    c = /** @type {Open} */ (new Conversation(w, ++count, {
      changed: () => list(),
      wrote: () => chime('wrote'),
      gone: wiped,
      unveil,
      leaving,
      login: checkLogin,
      other: () => leave('/desk'),
    }));
    mine.push(c);
    $('middle').append(c.node);
    if (!show) c.note.restore();
  }
  if (show || !current) select(c);
  list();
}

let starting = false;

/** A contact by phone, mail or visit: the one that is being written about, or a new one. */
async function elsewhere() {
  const open = mine.find((c) => c instanceof Elsewhere);
  if (open) {
    if (open !== current) select(open);
    else open.noteKey();
    return;
  }
  if (starting) return;
  starting = true;
  if (asking) next(); // who is on the phone is not given a visitor as well
  const { contact, why } = await begun($('desk').dataset.person ?? '');
  starting = false;
  if (why === 'login') checkLogin();
  else if (why === 'other') leave('/desk');
  else if (!contact) note(t('desk.js.elsewhere.failed'));
  if (!contact) return;
  const c = /** @type {Open} */ (/** @type {unknown} */ (new Elsewhere(contact, ++count, {
    changed: () => list(),
    gone: wiped,
    leaving,
    login: checkLogin,
    other: () => leave('/desk'),
  })));
  mine.push(c);
  $('middle').append(c.node);
  select(c);
}

/** @param {Conversation|Elsewhere} one @param {string} why */
function wiped(one, why) {
  const c = /** @type {Open} */ (one);
  if (why === 'saved') windows.postMessage(c.contact);
  closed.add(c.contact);
  mine.splice(mine.indexOf(c), 1);
  if (current === c) {
    current = null;
    select(mine[0] ?? null);
  }
  if (why !== 'out') note(t(why === 'wiped' ? 'desk.js.wiped' : `desk.js.${why}`));
  list();
}

// Other windows of this browser hear that a contact has its note: they wipe
// theirs too, unless something else is being written there.
const windows = new BroadcastChannel('notes');
windows.addEventListener('message', (e) => {
  const c = mine.find((one) => one.contact === e.data);
  if (!c) return;
  if (c.note.touched) c.note.taken();
  else c.wipe('saved');
});

/** @type {Conversation|Elsewhere|null} */
let half = null;

/** @param {Conversation|Elsewhere} c */
function leaving(c) {
  half = c;
  put('unsaved-words', t(c.note.unsaved ? 'note.js.leave.unsealed' : 'note.js.leave.sealed'));
  dialog('unsaved').showModal();
}
$('unsaved-wipe').addEventListener('click', () => {
  dialog('unsaved').close();
  half?.wipe('wiped');
  half = null;
});

// The parts of the conversation in view carry names of their own.
const named = { say: '[data-text]', send: '[data-box] [type=submit]', close: '[data-finish]', share: '[data-share]', wipe: '[data-wipe]', note: '[data-note]' };

/** @param {Open|null} c */
function select(c) {
  if (current && current !== c) current.select(false);
  for (const name of Object.keys(named)) document.getElementById(name)?.removeAttribute('id');
  current = c;
  $('nothing').hidden = !!c;
  $('desk').classList.toggle('talking', !!c);
  if (c) {
    for (const [name, where] of Object.entries(named)) {
      const node = c.node.querySelector(where);
      if (node) node.id = name;
    }
    c.node.querySelector('[data-label]')?.setAttribute('for', 'say');
    c.select(true);
  }
  list();
}

let drawing = false;
function list() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    draw();
  });
}

function draw() {
  const box = $('mine');
  $('mine-box').hidden = mine.length === 0;
  for (const li of [...box.children]) {
    if (li instanceof HTMLElement && !mine.some((c) => c.contact === li.dataset.contact)) li.remove();
  }
  for (const c of mine) {
    let li = [...box.children].find((x) => x instanceof HTMLElement && x.dataset.contact === c.contact);
    if (!li) {
      li = copy('t-mine');
      /** @type {HTMLElement} */ (li).dataset.contact = c.contact;
      li.querySelector('[data-open]')?.addEventListener('click', () => select(c));
      box.append(li);
    }
    const set = (/** @type {string} */ part, /** @type {string} */ text) => {
      const node = li?.querySelector(`[data-${part}]`);
      if (node && node.textContent !== text) node.textContent = text;
    };
    li.querySelector('[data-open]')?.setAttribute('aria-current', String(c === current));
    set('name', c.name);
    set('about', c.about());
    const unread = /** @type {HTMLElement} */ (li.querySelector('[data-unread]'));
    unread.hidden = !c.unread;
    set('unread', c.unread ? n('desk.js.unread', c.unread) : '');
  }
  const news = mine.some((c) => c.unread) || $('offers').childElementCount > 0;
  document.title = (news ? '• ' : '') + title;
}
const title = document.title;

/** @param {number} step */
function move(step) {
  if (!mine.length) return;
  const at = current ? mine.indexOf(current) : -1;
  select(mine[(at + step + mine.length) % mine.length] ?? null);
}

// ---- ending

function end() {
  if (!current || current.over) return;
  $('ending-open').hidden = !current.undelivered;
  dialog('ending').showModal();
  $('close-yes').focus();
}

for (const button of document.querySelectorAll('[data-end]')) {
  button.addEventListener('click', () => {
    const reason = /** @type {HTMLElement} */ (button).dataset.end === 'misuse' ? 'misuse' : 'done';
    dialog('ending').close();
    current?.finish(reason);
  });
}
document.addEventListener('click', (e) => {
  if (!(e.target instanceof Element)) return;
  if (e.target.closest('[data-finish]')) end();
  e.target.closest('[data-close]')?.closest('dialog')?.close();
});

// ---- addresses

/** @type {(() => void)|null} */
let show = null;

/** @param {() => void} act */
function unveil(act) {
  show = act;
  dialog('unveil').showModal();
}
$('unveil-show').addEventListener('click', () => {
  dialog('unveil').close();
  show?.();
  show = null;
});
for (const id of ['keys', 'ending', 'unveil', 'unsaved']) {
  dialog(id).addEventListener('close', () => {
    if (current && !current.over) current.box.focus();
    else if (current && id === 'unsaved') current.note.begin();
  });
}

// ---- sounds and keys

/** @param {'ready'|'wrote'} what */
function chime(what) {
  if (tick('sound').checked) sound(what);
  $('sound-off').hidden = audible() || !tick('sound').checked;
}

// Repeated while something stands unread.
setInterval(() => {
  if ($('offers').childElementCount) chime('ready');
  else if (mine.some((c) => c.unread && !c.over)) chime('wrote');
}, 15_000);

$('on').addEventListener('click', duty);
$('next').addEventListener('click', next);
$('elsewhere').addEventListener('click', elsewhere);
$('test-ready').addEventListener('click', () => sound('ready'));
$('test-wrote').addEventListener('click', () => sound('wrote'));
$('show-keys').addEventListener('click', () => dialog('keys').showModal());

/** The directory and the steps, where there is a conversation for them. @param {'show'|'give'|'steps'|'keep'} what */
function helps(what) {
  if (current instanceof Conversation) current.helps(what);
  else note(t('desk.js.help.chat'));
}

listen({
  duty,
  next,
  accept: () => document.getElementById('accept')?.click(),
  down: () => move(1),
  up: () => move(-1),
  box: () => current?.box.focus(),
  find: () => helps('show'),
  give: () => helps('give'),
  steps: () => helps('steps'),
  keep: () => helps('keep'),
  note: () => current ? current.noteKey() : elsewhere(),
  elsewhere,
  end,
  wipe: () => {
    if (current?.over) current.leave();
  },
  help: () => dialog('keys').showModal(),
}, () => tick('combos').checked);

// What came while the screen was locked is seen now.
document.addEventListener('unlocked', () => {
  if (current instanceof Conversation && current.bottom) current.down();
});

// ---- leaving the page

addEventListener('beforeunload', (e) => {
  if (mine.some((c) => c.unsaved)) e.preventDefault();
});
// A page kept in the browser's memory must not show a conversation again.
addEventListener('pageshow', (e) => {
  if (!e.persisted) return;
  document.body.hidden = true;
  location.reload();
});

buttons();
lane.connect();
