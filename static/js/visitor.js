// Entry of every visitor page: leaving quickly, and on the talk page waiting,
// the ready question, and what stands around a conversation. Leaving needs
// nothing but this file; thread.js comes with the talk page, and talk.js, the
// conversation itself, when somebody is there.

const root = document.documentElement;
const data = root.dataset;

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export const $ = (id) => /** @type {T} */ (document.getElementById(id));

/** @typedef {import('./thread.js').Thread} Thread */
/** @typedef {import('./thread.js').Frame} Frame */
/** @type {Thread | undefined} */
let thread;
let gone = false;

/** A browser may forbid storage; then this page's memory has to do. @template T @param {(s: Storage) => T} use */
const stored = (use) => {
  try { return use(sessionStorage); } catch { return null; }
};

// --- Whose page this is ------------------------------------------------------

// The tab secret brings earlier words back, so it is kept over a reload and on
// the way from one page of ours to the next, and nowhere else. A browser that is
// started again brings back its tabs with their storage, and somebody may come
// back to a tab after another site: that may be the next person on this phone.
const from = () => globalThis.navigation?.activation?.from;
const alone = () => stored((s) => s.clear());
const way = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType('navigation')[0])?.type;
if (way !== 'reload' && !Reflect.get(document, 'wasDiscarded') && !from()
  // A browser that does not say where it came from says at least who sent it.
  && (globalThis.navigation || way !== 'navigate' || !document.referrer.startsWith(location.origin + '/'))) alone();

// A page that answers a form is one that was asked for: what was typed stands no
// longer in the browser's history, which it writes to the disk.
history.replaceState(null, '');

// --- Leaving quickly -------------------------------------------------------

/** Blank first; then keys and words, the server, the browser's place. No waiting, and nothing that fails holds up the last line. */
const quick = () => {
  gone = true;
  root.replaceChildren();
  try {
    alone();
    // Whoever makes the next request from this browser ends the contact, if
    // the network is too bad for the line below.
    document.cookie = '__Host-gone=1; Path=/; Secure; SameSite=Strict';
    told();
    if (thread) {
      thread.on = {}; // there is no page to show anything on
      thread.stop();
      thread.wipe();
    }
  } finally {
    location.replace(data.neutral ?? 'about:blank');
  }
};

/** Tells the server that this visit is over; nobody waits for it. */
const told = () => {
  const body = new URLSearchParams({ by: 'beacon' });
  if (!navigator.sendBeacon?.(data.leave ?? '', body)) fetch(data.leave ?? '', { method: 'POST', body, keepalive: true }).catch(() => {});
};

let shifts = 0;
let since = 0;
addEventListener('keydown', (e) => {
  if (e.repeat) return;
  if (e.key !== 'Shift' || e.timeStamp - since > 5000) shifts = 0;
  if (e.key !== 'Shift') return;
  if (!shifts) since = e.timeStamp;
  if (++shifts === 3) quick();
}, true);
addEventListener('pointerdown', () => { shifts = 0; }, true);
addEventListener('submit', (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if ('exit' in form.dataset) {
    e.preventDefault();
    quick();
  }
  // Once a visit a word comes before what shows who somebody is; talk.js has its own.
  if (form.id !== 'write' && !('past' in form.dataset || /** @type {HTMLButtonElement | null} */ (e.submitter)?.formNoValidate) && form.querySelector('[data-word]')) {
    e.preventDefault();
    form.dataset.past = '';
    import('./identity.js').then((m) => m.guard(form), () => true).then((goes) => {
      if (goes) form.requestSubmit(e.submitter);
      else delete form.dataset.past;
    });
  }
  // Back from the conversation leads to the first page, not to this one.
  if ('start' in form.dataset) history.replaceState(null, '', data.home);
}, true);
// The server shows a page that needs no scripts to who does not say this.
addEventListener('formdata', (e) => e.formData.set('by', 'script'));
// A page that comes back from the browser's cache shows nothing of before.
addEventListener('pageshow', (e) => {
  if (!e.persisted) return;
  root.replaceChildren();
  if (!from()) alone();
  if (gone) location.replace(data.neutral ?? 'about:blank');
  else location.reload();
});

// Under load the line asks for some work first; see turn.js.
if (document.querySelector('[data-turn]')) void import('./turn.js').catch(() => {});

// --- Words and views of the talk page --------------------------------------

/**
 * The page's own words, in the plural form that n asks for.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export const say = (key, values = {}) => {
  const words = /** @type {HTMLTemplateElement} */ ($('words')).content;
  const form = typeof values.n === 'number' ? new Intl.PluralRules(root.lang).select(values.n) : 'other';
  const found = words.getElementById(`${key}/${form}`) ?? words.getElementById(`${key}/other`);
  return (found?.textContent ?? '').replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
};

/** @param {string} id @param {string} text */
export const put = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };

const views = ['plain', 'waiting', 'ready', 'talking', 'taken', 'again', 'after'];
let view = 'plain';
let shown = 0; // how often a view was chosen

/** Shows these views and hides the others. @param {...string} ids */
export const show = (...ids) => {
  shown++;
  const before = view;
  view = ids[0] ?? '';
  for (const id of views) $(id).hidden = !ids.includes(id);
  document.body.classList.toggle('talks', view === 'talking');
  if (view === before || ids.length > 1 || view === 'talking') return;
  $(view).querySelector('h1')?.focus();
};

/** Counts down once a second; 0 stops it. @param {number} seconds @param {(left: number) => void} tell */
const clock = (seconds, tell) => {
  clearInterval(ticking);
  const end = performance.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    tell(left);
    if (!left) clearInterval(ticking);
  };
  if (seconds) ticking = setInterval(tick, 1000);
  tick();
};
/** @type {number | undefined} */
let ticking;

// --- Sound, only when asked for --------------------------------------------

const loud = () => /** @type {HTMLInputElement} */ ($('sound')).checked;
const beep = () => { if (loud()) persist(() => import('./beep.js')).then((m) => m.beep()); };

// --- Signs of life ----------------------------------------------------------

/** The ticket as it now is, or gone with the contact. @returns {Promise<number>} the answer's status; 0 without a network */
const renew = async () => gone ? 0 : fetch(data.renew ?? '', { method: 'POST' }).then((r) => {
  busy = Number(r.headers.get('retry-after'));
  return r.status;
}, () => 0);
/** Seconds after which the server wants to be asked again; 0 when it said nothing. */
let busy = 0;

// --- The talk page ----------------------------------------------------------

/** @typedef {import('./talk.js').Room} Room */
/** @type {Room | undefined} */
let room;
/** @type {Promise<Room> | undefined} */
let coming;

/** Brings a script, and tries again as long as the network fails. @template T @param {() => Promise<T>} load @returns {Promise<T>} */
const persist = (load) => load().catch(() => new Promise((done) => { setTimeout(() => done(persist(load)), 1500); }));

/** Brings the conversation, once. */
const bring = () => coming ??= persist(() => import('./talk.js')).then((m) => room = m.open(/** @type {Thread} */ (thread)));

/** Tells the conversation as soon as it has come: what is said once is not said again. @param {(r: Room) => void} tell */
const within = (tell) => coming?.then(tell);

const secret = () => {
  const kept = stored((s) => s.getItem('tab'));
  if (kept) return kept;
  const bits = crypto.getRandomValues(new Uint8Array(16));
  const fresh = btoa(String.fromCharCode(...bits)).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
  stored((s) => s.setItem('tab', fresh));
  return fresh;
};

let place = 1;
let number = 0;
let kept = false;

/** What stands before this visitor, and how long that may take. @param {Frame} f */
const queue = (f) => {
  if (f.k === 'stage') ({ place, number, kept = false } = /** @type {{ place: number, number: number, kept?: boolean }} */ (f));
  else if (place) place = Math.max(1, place - f.out.filter((/** @type {number} */ n) => n < number).length);
  const before = place - 1;
  put('place', kept ? say('place.kept') : !place ? say('place.unsure') : before < 1 ? say('place.first') : before > 50 ? say('place.many') : say('place.some', { n: before }));
  const low = Math.ceil(f.low * place / 60);
  const high = Math.ceil(f.high * place / 60);
  put('range', kept ? '' : !f.high || !place ? say('range.unknown') : high > 60 ? say('range.hours')
    : low >= high || low < 2 ? say('range.upto', { n: high }) : say('range.between', { low, high }));
  // Nobody need wait that long: the page offers to leave the words as a message.
  const slow = document.getElementById('slow');
  if (slow) slow.hidden = kept || !place || low < 30;
};

let stage = '';
/** @param {Frame} f */
const staged = (f) => {
  const before = stage;
  stage = f.stage;
  if (before !== stage) renew();
  const boot = String(Math.floor(f.tab / 2 ** 32));
  const last = stored((s) => s.getItem('boot'));
  if (last && last !== boot) broken = true;
  stored((s) => s.setItem('boot', boot));
  $('question').hidden = stage !== 'offered';
  $('soon').hidden = stage !== 'ready';
  clock(stage === 'offered' ? f.left : 0, (n) => put('left', n ? say('seconds', { n }) : ''));
  if (stage === 'waiting') {
    queue(f);
    show('waiting');
  } else if (stage === 'talking') {
    // While it comes the conversation may end, or go to another window: then that stays on the screen.
    const now = shown;
    bring().then((r) => {
      const early = /** @type {HTMLTextAreaElement} */ ($('early'));
      if (shown !== now) return r.begin(f.alias, '');
      show('talking');
      r.begin(f.alias, early.value);
      early.value = '';
    });
  } else {
    show('waiting', 'ready');
    bring();
    if (before !== stage && stage === 'offered') {
      beep();
      if (document.activeElement !== $('early')) $('readyhead').focus();
    }
  }
};

/** @type {number | undefined} */
let hush;
let heard = false;
/** The server was started again since this page, or the one before it, was last told its number. */
let broken = false;
const synced = () => {
  if (broken && stage === 'talking') {
    clearTimeout(hush);
    put('line', say('line.interrupted'));
    hush = setTimeout(() => put('line', ''), 60_000);
  }
  broken = false;
};

/** @param {string} s @param {number} [seconds] until the next try */
const status = (s, seconds = 0) => {
  clearTimeout(hush);
  if (s === 'live') {
    if (heard && $('line').textContent) put('line', say('line.live'));
    heard = true;
    hush = setTimeout(() => put('line', ''), 4000);
  } else if (s === 'connecting') {
    hush = setTimeout(() => put('line', say('line.connecting')), 1500);
  } else if (s !== 'stopped') {
    put('line', say(`line.${s}`));
    // Without a good ticket no line is let in, and the browser does not say why: ask where an answer can be read.
    if (seconds > 0) renew().then((answer) => {
      if (busy) thread?.line.hold(busy);
      else if (answer === 204) thread?.line.blocked();
      if (answer !== 401 && answer !== 410) return;
      thread?.stop();
      after('away');
    });
  }
};

/** The end, and what can be done next. @param {string} reason */
const after = (reason) => {
  if (view === 'after') return; // told again, now that nothing more can arrive
  const kind = reason === 'visitor' && stage !== 'talking' ? 'left.queue' : reason;
  clock(0, () => {});
  alone();
  renew(); // it has ended: the answer takes the ticket away
  put('line', '');
  put('afterhead', say(`closed.${kind}.h`));
  put('aftertext', say(`closed.${kind}.p`));
  // Words that were to be said when somebody came: one tap leaves them as a message.
  const { value } = /** @type {HTMLTextAreaElement} */ ($('early'));
  const left = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('leftwords'));
  if (left && value) {
    left.value = value;
    $('leftover').hidden = false;
  }
  $('afterstep').hidden = !['visitor', 'counsellor'].includes(kind);
  within((r) => r.end(reason === 'idle' || reason === 'moved'));
  show('after');
};

const start = async () => {
  const { Thread } = await persist(() => import('./thread.js'));
  if (gone) return;
  const t = thread = new Thread({
    url: data.link ?? '', side: 'v', secret: secret(), on: {
      stage: staged, queue, status, synced,
      hours: (f) => { import('./told.js').then((m) => m.told(f), () => {}); },
      entries: () => room?.entries(),
      presence: (s) => within((r) => r.presence(s)),
      typing: (on) => room?.typing(on),
      idle: (left) => within((r) => r.idle(left)),
      closed: (f) => after(f.reason),
      fresh: () => show('again'),
      taken: () => show('taken'),
      problem: (f, text) => {
        if (text) within((r) => r.give(text));
        else if (f.code === 'version') location.reload();
        else if (f.code === 'ticket' || f.code === 'full') location.replace(data.home ?? '/');
        else if (f.code === 'slow') put('line', say('slow'));
      },
    },
  });
  $('yes').onclick = () => t.ready();
  $('longer').onclick = () => t.extend();
  $('here').onclick = () => t.useHere();
  $('goon').onclick = () => {
    stage = ''; // the next stage is a new one for this page, and its ticket is renewed at once
    t.continueHere();
  };

  const end = /** @type {HTMLDialogElement} */ ($('end'));
  for (const b of document.querySelectorAll('[data-end]')) {
    b.addEventListener('click', () => {
      $('endtalk').hidden = stage !== 'talking';
      $('endwait').hidden = stage === 'talking';
      end.showModal();
    });
  }
  $('endno').onclick = () => end.close();
  $('endyes').onclick = () => {
    end.close();
    t.leave('left');
    setTimeout(() => { // without a line the server hears of it another way
      if (view === 'after') return;
      t.stop();
      told();
      after('visitor');
    }, 3000);
  };

  const early = /** @type {HTMLTextAreaElement} */ ($('early'));
  for (const b of document.querySelectorAll('.opener')) {
    b.addEventListener('click', () => {
      early.value = [early.value.trim(), b.textContent].filter(Boolean).join('\n');
      early.focus();
    });
  }
  $('sound').onchange = () => {
    $('beep').hidden = !loud();
    if (loud()) import('./beep.js').catch(() => {});
  };
  $('beep').onclick = beep;

  for (const b of document.querySelectorAll('button[data-wrong]')) b.addEventListener('click', () => import('./wrong.js').then((m) => m.open(t), () => {}));
  const known = document.getElementById('known');
  const form = known?.querySelector('form');
  if (known && form) {
    const knows = () => import('./kept.js').then((m) => m.known(known, t));
    known.ontoggle = () => knows().catch(() => {});
    // A press that is quicker than that script counts when it has come and takes the form over.
    form.onsubmit = () => knows().then(() => form.requestSubmit(), () => {});
  }

  setInterval(renew, 240_000);
  t.connect();
};

// The clock of the line in that of this device, where the two differ.
const times = /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll('time[data-yours]'));
if ([...times].some((t) => Number(new Date(t.dateTime.slice(0, 19))) !== Number(new Date(t.dateTime)))) import('./clock.js');

document.body.classList.add('scripted');
if (data.link) start();
// The page without scripts is left for the one with, unless somebody has begun to use it or asked for it.
else if (data.scripted && !location.search && document.activeElement === document.body) {
  stored((s) => s.setItem('tab', data.tab ?? ''));
  location.replace(data.scripted);
}
