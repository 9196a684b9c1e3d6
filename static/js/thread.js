// @ts-check
// The page's side of the protocol (docs/protocol.md): a link that comes back,
// and the chain that is the conversation. chat/sim/page.go is the same machine
// for simulated people; the two are changed together. No word of a conversation
// is kept anywhere but in this page's memory.

/** @typedef {{at:number, prev:number, term:number, side:string, id:string, seen:number, body:string, seal:string}} Entry */
/** @typedef {{[field:string]: any}} Frame */
/**
 * @typedef {object} Row one row of the screen
 * @property {'text'|'event'|'gap'} kind
 * @property {number} at place; 0 while there is none
 * @property {string} id
 * @property {string} side v, c or l
 * @property {string} text
 * @property {string} body what was said, as it travels; a card or steps have no text
 * @property {boolean} mine
 * @property {''|'sending'|'held'|'delivered'|'lost'|'unknown'} state of an own message
 * @property {number} after of a gap
 * @property {number} upto of a gap
 * @property {boolean} gone of a gap: nobody holds it any more
 */

const sizes = [256, 496, 1008, 4080, 17392];
const utf8 = new TextEncoder();

// A message that was refused has no place and never will have one.
const refusals = new Set(['text', 'removed', 'changed', 'unchecked', 'window']);

/** @param {Frame} f @returns {string} padded to one of five lengths */
export function pad(f) {
  const text = JSON.stringify(f);
  const bytes = utf8.encode(text).length;
  return text + ' '.repeat((sizes.find((n) => n >= bytes) ?? bytes) - bytes);
}

/** @returns {string} 128 random bits in 22 characters */
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}

/**
 * A link that comes back by itself.
 * @typedef {object} LineEvents
 * @property {(send: (f: Frame) => void) => void} open a new link is there; say hello on it
 * @property {(f: Frame) => void} frame
 * @property {(s: 'connecting'|'live'|'waiting'|'stopped', seconds?: number) => void} [status]
 */
export class Line {
  /** @param {string} url @param {LineEvents} on */
  constructor(url, on) {
    this.url = new URL(url, location.href);
    this.url.protocol = this.url.protocol.replace('http', 'ws');
    this.on = on;
    this.tries = this.walls = 0;
    this.wait = 0; // seconds the server asked for
    this.held = 0; // no try before this time
    this.heard = 0;
    this.asked = 0;
    this.stopped = false;
    this.quiet = false; // another window has the seat: nothing until the person says otherwise
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {WebSocket|null} */
    this.ws = null;
    /** @type {new (url: URL) => WebSocket} */
    this.kind = WebSocket;
    this.again = this.again.bind(this);
    addEventListener('online', this.again);
    addEventListener('pageshow', this.again);
    document.addEventListener('visibilitychange', this.again);
    this.pulse = setInterval(() => this.beat(), 5000);
  }

  connect() {
    if (this.stopped || this.quiet || this.ws || Date.now() < this.held) return;
    clearTimeout(this.timer);
    this.on.status?.('connecting');
    const ws = new this.kind(this.url);
    this.ws = ws;
    this.heard = Date.now();
    this.asked = 0;
    ws.onopen = () => {
      if (this.ws !== ws) return;
      this.on.status?.('live');
      this.on.open((f) => this.send(f));
    };
    ws.onmessage = (e) => {
      if (this.ws !== ws) return;
      this.heard = Date.now();
      this.asked = 0;
      this.tries = this.walls = 0;
      const f = JSON.parse(e.data);
      if (f.k === 'problem' && f.retry) this.wait = f.retry;
      this.on.frame(f);
    };
    ws.onclose = () => {
      if (this.ws === ws) this.lost();
    };
  }

  lost() {
    this.drop();
    if (this.stopped) return;
    // The first try is almost at once; a crowd that lost its server comes back spread out.
    const most = Math.min(15, 0.25 * 2 ** this.tries++);
    if (this.tries > 3) this.kind = WebSocket;
    const seconds = this.wait + most * (0.5 + Math.random() / 2);
    this.wait = 0;
    this.on.status?.('waiting', Math.round(seconds));
    this.timer = setTimeout(() => this.connect(), seconds * 1000);
  }

  /** The server answers, but not on a link: twice, and the next try is without a socket. */
  blocked() {
    if (++this.walls % 2 === 0) import('./stream.js').then((m) => { this.kind = /** @type {any} */ (m.Stream); }, () => {});
  }

  /** The server is busy: no try for so long, and then not with all the others. @param {number} seconds */
  hold(seconds) {
    if (this.ws?.readyState === 1 || this.stopped || this.quiet) return;
    this.drop();
    clearTimeout(this.timer);
    const ms = Math.min(120, seconds) * (1 + Math.random() / 2) * 1000;
    this.held = Date.now() + ms;
    this.timer = setTimeout(() => this.connect(), ms + 1);
  }

  drop() {
    const ws = this.ws;
    this.ws = null;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.close();
  }

  // The network or the page came back: no reason to wait.
  again() {
    if (this.stopped || this.quiet || document.visibilityState === 'hidden') return;
    if (!this.ws) this.connect();
    else this.beat(true);
  }

  // A page that hears nothing asks; one that is not answered looks for a new link.
  beat(now = false) {
    const ws = this.ws;
    if (!ws || this.stopped) return;
    const t = Date.now();
    if ((this.asked && t - this.asked > 8000) || (ws.readyState === 0 && t - this.heard > 15000)) {
      this.lost();
    } else if (!this.asked && ws.readyState === 1 && (now || t - this.heard > 20000)) {
      this.asked = t;
      this.send({ k: 'have', upto: 0 });
    }
  }

  /** @param {Frame} f */
  send(f) {
    if (this.ws?.readyState === 1) this.ws.send(pad(f));
  }

  close() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.pulse);
    removeEventListener('online', this.again);
    removeEventListener('pageshow', this.again);
    document.removeEventListener('visibilitychange', this.again);
    this.drop();
    this.on.status?.('stopped');
  }
}

/**
 * What a page is told. entries is called after every change of the rows.
 * @typedef {object} ThreadEvents
 * @property {(f: Frame) => void} [stage]
 * @property {() => void} [entries]
 * @property {(s: 'connecting'|'live'|'waiting'|'stopped', seconds?: number) => void} [status]
 * @property {(state: string) => void} [presence]
 * @property {(on: boolean) => void} [typing]
 * @property {(left: number) => void} [idle]
 * @property {(f: Frame) => void} [closed]
 * @property {(f: Frame, text: string, body: string) => void} [problem] text: words given back to the writer; body: what was refused
 * @property {(f: Frame) => void} [queue]
 * @property {(f: Frame) => void} [hours]
 * @property {() => void} [fresh] this page does not show the secret: ask "continue here?"
 * @property {() => void} [taken]
 * @property {() => void} [synced] all that can come has come; on a fresh page history is complete
 */
export class Thread {
  /** @param {{url: string, side: 'v'|'c', secret?: string, on: ThreadEvents}} o */
  constructor({ url, side, secret, on }) {
    this.side = side;
    this.secret = secret;
    this.on = on;
    /** @type {Entry[]} */
    this.chain = [];
    /** @type {{id: string, body: string, seen: number, said: number}[]} */
    this.outbox = [];
    this.spoken = 0;
    this.upto = -1;
    this.done = 0;
    this.tab = 0;
    this.since = 0;
    this.round = 0;
    this.synced = false;
    this.take = false;
    this.stage = '';
    this.ended = '';
    this.seen = 0; // newest entry on the screen
    this.acked = 0;
    /** @type {Set<number>} */
    this.gone = new Set();
    /** @type {Map<string, 'lost'|'unknown'>} */
    this.fate = new Map();
    /** @type {[number, number][]} stretches that a newer window of the other side was never given */
    this.skipped = [];
    /** @type {Row[]} */
    this.given = [];
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.ackTimer = undefined;
    this.line = new Line(url, {
      open: () => {
        this.gone.clear();
        this.hello();
      },
      frame: (f) => this.handle(f),
      status: (s, n) => {
        if (s !== 'live') this.synced = false;
        on.status?.(s, n);
      },
    });
  }

  connect() {
    this.line.connect();
  }

  stop() {
    this.line.close();
  }

  hello() {
    this.synced = false;
    this.spoken = 0;
    this.acked = 0;
    /** @type {Frame} */
    const f = { k: 'hello', v: 1, round: ++this.round, tab: this.tab, upto: this.upto, done: this.done };
    if (this.secret) f.secret = this.secret;
    if (this.take) f.take = true;
    this.line.send(f);
  }

  // ---- what the person does

  /** @param {string} text @returns {string} its id */
  say(text) {
    return this.tell(JSON.stringify({ text }));
  }

  /** @param {string} body @returns {string} its id */
  tell(body) {
    const id = newID();
    this.outbox.push({ id, body, seen: this.top(), said: 0 });
    this.speak();
    this.on.entries?.();
    return id;
  }

  /** @param {boolean} on */
  typing(on) {
    if (this.synced) this.line.send({ k: 'typing', on });
  }

  ready() {
    this.line.send({ k: 'ready' });
  }

  extend() {
    this.line.send({ k: 'extend' });
  }

  share() {
    this.line.send({ k: 'share' });
  }

  /** @param {string} reason */
  leave(reason) {
    this.line.send({ k: 'leave', reason });
  }

  useHere() {
    this.tab = 0;
    this.line.quiet = false;
    this.line.drop();
    this.line.connect();
  }

  continueHere() {
    this.take = true;
    this.tab = 0;
    this.hello();
  }

  /** @param {number} upto all up to here is on the screen */
  shown(upto) {
    this.seen = Math.max(this.seen, Math.min(upto, this.top()));
    if (this.seen > this.acked) this.ackTimer ??= setTimeout(() => this.ack(), 200);
  }

  ack() {
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    if (this.seen > this.acked && this.line.ws) {
      this.acked = this.seen;
      this.line.send({ k: 'have', upto: this.seen });
    }
  }

  /** Something said may not have arrived yet. */
  get open() {
    return this.outbox.length > 0;
  }

  // ---- the machine

  top() {
    return this.chain.at(-1)?.at ?? 0;
  }

  speak() {
    if (!this.synced || this.ended) return;
    for (; this.spoken < this.outbox.length; this.spoken++) {
      const o = this.outbox[this.spoken];
      o.said++;
      /** @type {Frame} */
      const f = { k: 'say', id: o.id, seen: o.seen, body: o.body };
      if (this.seen > this.acked) f.have = this.acked = this.seen;
      this.line.send(f);
    }
  }

  /** @param {Frame} f */
  handle(f) {
    const { on } = this;
    switch (f.k) {
      case 'stage': {
        const was = this.stage;
        if (f.stage === 'continue') {
          on.fresh?.();
          break;
        }
        this.stage = f.stage;
        if (f.tab) {
          this.tab = f.tab;
          this.take = false; // the contact is bound to this page; another window may bind it anew
        }
        if (f.stage === 'talking') {
          this.since = f.since ?? 0;
          if (was && was !== 'talking') this.hello();
        }
        on.stage?.(f);
        break;
      }
      case 'queue':
        on.queue?.(f);
        break;
      case 'line':
        on.hours?.(f);
        break;
      case 'synced':
        if (f.round !== this.round) break; // the answer to an earlier hello
        this.synced = true;
        this.take = false;
        this.spoken = 0;
        this.upto = Math.max(this.upto, f.upto);
        this.ask(f.upto);
        this.speak();
        on.synced?.();
        on.entries?.();
        break;
      case 'said':
        this.insert(f.entry);
        if (this.upto >= 0 || !f.fill) this.upto = Math.max(this.upto, this.top());
        this.mark(f.have);
        on.entries?.();
        break;
      case 'held':
        this.held(f.entry);
        this.mark(f.have);
        on.entries?.();
        break;
      case 'have':
        if (f.upto > this.done) {
          this.mark(f.upto);
          on.entries?.();
        }
        break;
      case 'room':
        this.hello();
        break;
      case 'reset':
        this.reset();
        on.entries?.();
        break;
      case 'taken':
        this.line.quiet = true;
        this.line.drop();
        on.taken?.();
        break;
      case 'want':
        this.refill(f);
        break;
      case 'gone':
        this.gone.add(f.upto);
        on.entries?.();
        break;
      case 'presence':
        if (f.state === 'window') {
          this.skipped.push([this.done, f.upto]);
          on.entries?.();
        }
        on.presence?.(f.state);
        break;
      case 'typing':
        on.typing?.(f.on);
        break;
      case 'idle':
        on.idle?.(f.left);
        break;
      case 'problem':
        this.problem(f);
        break;
      case 'closed':
        this.closed(f);
        break;
    }
  }

  /** @param {Frame} f */
  problem(f) {
    let text = '';
    let body = '';
    if (f.code === 'busy') this.synced = false;
    if (refusals.has(f.code)) {
      const i = this.outbox.findIndex((o) => o.id === f.id);
      if (i >= 0) {
        const [o] = this.outbox.splice(i, 1);
        this.spoken = Math.max(0, this.spoken - 1);
        body = o.body;
        text = words(body);
        // Refused now, but an earlier time it may have arrived: then it stays on the screen with that doubt.
        if (f.code !== 'text' && o.said > 1) {
          this.give(o.id, body, 'unknown');
          text = body = '';
        }
        this.on.entries?.();
      }
    }
    this.on.problem?.(f, text, body);
  }

  /** @param {number|undefined} upto */
  mark(upto) {
    this.done = Math.max(this.done, upto ?? 0);
  }

  // This page was left behind by another one: its own open words go back to their writer.
  reset() {
    for (const e of this.chain) if (e.side === this.side && e.at > this.done) this.give(e.id, e.body, 'unknown');
    for (const o of this.outbox) if (o.said) this.give(o.id, o.body, 'unknown');
    this.outbox = this.outbox.filter((o) => !o.said);
    this.spoken = 0;
    this.chain = [];
    this.upto = -1;
    this.seen = 0;
  }

  /** @param {string} id @param {string} body @param {'lost'|'unknown'} state */
  give(id, body, state) {
    this.fate.set(id, state);
    this.given.push(this.row(0, id, this.side, body, state));
  }

  /** @param {Entry} e */
  held(e) {
    const own = this.outbox.find((o) => o.id === e.id) ?? this.chain.find((k) => k.id === e.id && k.at !== e.at);
    if (!own) return;
    this.insert({ ...e, body: own.body });
    this.upto = Math.max(this.upto, this.top());
  }

  /** @param {Entry} e */
  insert(e) {
    if (this.chain.some((k) => k.at === e.at && k.id === e.id)) return;
    this.chain = this.chain.filter((k) => k.id !== e.id || k.side !== e.side);
    if (e.side === this.side) {
      const i = this.outbox.findIndex((o) => o.id === e.id);
      if (i >= 0) {
        this.outbox.splice(i, 1);
        if (i < this.spoken) this.spoken--;
      }
      this.given = this.given.filter((r) => r.id !== e.id);
      this.fate.delete(e.id);
    }
    let i = this.chain.length;
    while (i > 0 && this.chain[i - 1].at > e.at) i--;
    this.chain.splice(i, 0, e);
  }

  /** @param {number} head ask for what this page misses */
  ask(head) {
    let last = 0;
    for (const e of this.chain) {
      if (e.prev > last && e.prev > this.since && !this.gone.has(e.prev)) this.line.send({ k: 'want', after: last, upto: e.prev });
      last = e.at;
    }
    if (last < head && head > this.since) this.line.send({ k: 'want', after: last, upto: head });
  }

  /** @param {Frame} f the server asks for what this page holds */
  refill(f) {
    let items = this.chain.filter((e) => e.at > f.after && e.at <= f.upto);
    if (f.assemble) {
      let k = items.length - 1;
      let size = 0;
      while (k > 0 && items[k].prev === items[k - 1].at && items.length - k < 200 && (size += items[k].body.length) < 250000) k--;
      items = items.slice(Math.max(0, k));
    }
    do {
      let n = 0;
      for (let size = 600; n < items.length && n < 200; n++) {
        size += utf8.encode(JSON.stringify(items[n])).length + 1;
        if (n > 0 && size > 17000) break;
      }
      /** @type {Frame} */
      const a = { k: 'refill', after: f.after, upto: f.upto, items: items.slice(0, n) };
      items = items.slice(n);
      if (items.length) a.more = true;
      if (f.assemble) a.assemble = true;
      this.line.send(a);
    } while (items.length);
  }

  /** @param {Frame} f */
  closed(f) {
    this.ended = f.reason;
    if (f.reason === 'moved') {
      this.chain = [];
      this.outbox = [];
      this.given = [];
    }
    this.mark(f.had);
    const fate = f.had < 0 ? 'unknown' : 'lost';
    // Nothing gets a place after the end; but what was said more than once may have had one the first time.
    for (const o of this.outbox) this.give(o.id, o.body, o.said > 1 ? 'unknown' : fate);
    this.outbox = [];
    if (f.final) {
      for (const e of this.chain) if (e.side === this.side && e.at > this.done && !this.fate.has(e.id)) this.fate.set(e.id, fate);
      this.stop();
    }
    this.on.entries?.();
    this.on.closed?.(f);
  }

  /** @returns {Row} @param {number} at @param {string} id @param {string} side @param {string} body @param {Row['state']} state */
  row(at, id, side, body, state) {
    return { kind: side === 'l' ? 'event' : 'text', at, id, side, text: words(body), body, mine: side === this.side, state, after: 0, upto: 0, gone: false };
  }

  /** @returns {Row[]} the screen: the chain with its gaps, what fell out of it, what has no place yet */
  get entries() {
    /** @type {Row[]} */
    const rows = [];
    let last = this.since;
    for (const e of this.chain) {
      if (e.prev > last) {
        rows.push({ ...this.row(0, 'gap' + e.prev, '', '', ''), kind: 'gap', after: last, upto: e.prev, gone: this.gone.has(e.prev) });
      }
      last = Math.max(last, e.at);
      const state = e.side === this.side ? this.state(e) : '';
      rows.push(this.row(e.at, e.id, e.side, e.body, state));
    }
    for (const o of this.outbox) rows.push(this.row(0, o.id, this.side, o.body, 'sending'));
    return [...rows, ...this.given];
  }

  /** @param {Entry} e an own one @returns {Row['state']} */
  state(e) {
    if (this.skipped.some(([after, upto]) => e.at > after && e.at <= upto)) return 'unknown';
    return this.fate.get(e.id) ?? (e.at <= this.done ? 'delivered' : 'held');
  }

  /** Forgets every word. */
  wipe() {
    this.chain = [];
    this.outbox = [];
    this.given = [];
    this.fate.clear();
    this.on.entries?.();
  }
}

/** @param {string} body @returns {string} the words in a body, or the event of the line */
function words(body) {
  try {
    const b = JSON.parse(body);
    return String(b.text ?? b.event ?? '');
  } catch {
    return '';
  }
}
