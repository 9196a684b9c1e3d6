// @ts-check
// A link for networks that let no socket through: an answer that goes on, and
// posts. To thread.js it looks like a socket. Where something on the way keeps an
// answer back until it has ended, the page fetches one piece after the other.

const MOST = 40_000; // bytes in one post
const LATE = 5000; // ms until an answer of which nothing has come is thought to be kept back
const ALIVE = 20_000; // ms after which a page that had nothing to say says so

/** Answers are kept back: so it stays for as long as this page lives. */
let held = false;

export class Stream {
  /** @param {URL} url of the socket it stands in for */
  constructor(url) {
    this.url = new URL(url);
    this.url.protocol = this.url.protocol.replace('ws', 'http');
    this.readyState = 0;
    this.id = '';
    this.frames = 0; // that have come
    /** @type {string[]} */
    this.out = [];
    this.busy = false;
    this.cut = new AbortController();
    /** @type {(() => void)|null} */
    this.onopen = null;
    /** @type {((e: {data: string}) => void)|null} */
    this.onmessage = null;
    /** @type {(() => void)|null} */
    this.onclose = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.alive = undefined;
    this.run().catch(() => {}).then(() => this.end());
  }

  async run() {
    if (!held) await this.flow();
    if (held && !this.readyState) await this.fetch();
  }

  /** The answer that goes on. */
  async flow() {
    const late = setTimeout(() => {
      if (this.readyState) return;
      held = true;
      this.cut.abort();
      this.cut = new AbortController();
    }, LATE);
    try {
      const answer = await fetch(this.url, { method: 'POST', signal: this.cut.signal });
      if (!answer.ok || !answer.body) return;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ''; ;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.line(line);
      }
    } catch (err) {
      if (!held || this.readyState) throw err;
    } finally {
      clearTimeout(late);
    }
  }

  /** Answers that end: the name first, then piece after piece. */
  async fetch() {
    for (let n = 0; this.readyState < 2; n++) {
      const answer = await fetch(n ? `${this.url}/${this.id}?piece=${n}` : `${this.url}?pieces`, { method: 'POST', signal: this.cut.signal });
      if (!answer.ok) return;
      for (const line of (await answer.text()).split('\n')) this.line(line);
      if (!this.id) return;
    }
  }

  /** @param {string} line */
  line(line) {
    if (this.readyState > 1) return;
    if (!this.id) {
      this.id = line;
      this.readyState = 1;
      this.live();
      this.onopen?.();
    } else if (line) {
      this.frames++;
      this.onmessage?.({ data: line });
    }
  }

  /** Who only listens says from time to time that there is somebody. */
  live() {
    clearTimeout(this.alive);
    this.alive = setTimeout(() => this.send('{"k":"have","upto":0}'), ALIVE);
  }

  /** @param {string} frame */
  send(frame) {
    this.out.push(frame);
    if (!this.busy) this.post();
  }

  // One after the other, so that nothing overtakes.
  async post() {
    this.busy = true;
    while (this.out.length && this.readyState === 1) {
      this.live();
      let n = 0;
      for (let size = 0; n < this.out.length; n++) {
        size += new Blob([this.out[n] ?? '']).size + 1;
        if (n && size > MOST) break;
      }
      const answer = await fetch(`${this.url}/${this.id}`, { method: 'POST', body: this.out.splice(0, n).join('\n'), signal: this.cut.signal }).catch(() => null);
      if (!answer?.ok) this.close();
      else if (!held) this.due(Number(answer.headers.get('frames')));
    }
    this.busy = false;
  }

  /** What the server has sent must come soon, or it is kept back. @param {number} frames */
  due(frames) {
    if (frames > this.frames) {
      setTimeout(() => {
        if (frames <= this.frames || this.readyState !== 1) return;
        held = true;
        this.close();
      }, LATE);
    }
  }

  close() {
    this.cut.abort();
    this.end();
  }

  end() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    clearTimeout(this.alive);
    this.onclose?.();
  }
}
