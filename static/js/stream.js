// @ts-check
// A link for networks that let no socket through: an answer that goes on, and
// posts. To thread.js it looks like a socket.

const MOST = 40_000; // bytes in one post

export class Stream {
  /** @param {URL} url of the socket it stands in for */
  constructor(url) {
    this.url = new URL(url);
    this.url.protocol = this.url.protocol.replace('ws', 'http');
    this.readyState = 0;
    this.id = '';
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
    this.run().catch(() => {}).then(() => this.end());
  }

  async run() {
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
  }

  /** @param {string} line */
  line(line) {
    if (!this.id) {
      this.id = line;
      this.readyState = 1;
      this.onopen?.();
    } else if (line) this.onmessage?.({ data: line });
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
      let n = 0;
      for (let size = 0; n < this.out.length; n++) {
        size += new Blob([this.out[n] ?? '']).size + 1;
        if (n && size > MOST) break;
      }
      const answer = await fetch(`${this.url}/${this.id}`, { method: 'POST', body: this.out.splice(0, n).join('\n'), signal: this.cut.signal }).catch(() => null);
      if (!answer?.ok) this.close();
    }
    this.busy = false;
  }

  close() {
    this.cut.abort();
    this.end();
  }

  end() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }
}
