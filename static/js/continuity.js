// @ts-check
// The continuity card on the desk: what a visitor who comes back wants to be
// known by. It is written here together, shown to the visitor to the letter, and
// kept only if the visitor says yes.

import { refused, seen } from './text.js';
import { t } from './words.js';

export const most = 600;

export class Continuity {
  /** @param {HTMLDetailsElement} node @param {(body: string) => void} say puts it into the conversation */
  constructor(node, say) {
    this.node = node;
    this.say = say;
    this.box = /** @type {HTMLTextAreaElement} */ (node.querySelector('textarea'));
    this.told = /** @type {HTMLElement} */ (node.querySelector('[role=alert]'));
    this.left = /** @type {HTMLElement} */ (node.querySelector('[data-left]'));
    node.addEventListener('toggle', () => {
      if (node.open) for (const other of node.parentElement?.querySelectorAll('details') ?? []) other.open = other === node;
    });
    node.querySelector('form')?.addEventListener('submit', (e) => {
      e.preventDefault();
      this.propose();
    });
    this.box.addEventListener('input', () => this.count());
    this.box.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || !e.ctrlKey || e.isComposing) return;
      e.preventDefault();
      this.propose();
    });
    this.count();
  }

  show() {
    this.node.open = true;
    this.box.focus();
  }

  count() {
    this.told.textContent = '';
    this.left.textContent = t('desk.js.keep.left', { n: most - this.text().length });
  }

  text() {
    return seen(this.box.value).replaceAll('\t', ' ').trim();
  }

  /** What was agreed an earlier time, to be written on. @param {string} words */
  last(words) {
    if (!this.box.value) this.box.value = words;
    this.count();
  }

  propose() {
    const words = this.text();
    const why = !words ? 'empty' : words.length > most ? 'long' : refused(words);
    if (why) {
      this.told.textContent = t(`desk.js.keep.${why}`);
      this.box.focus();
      return;
    }
    this.say(JSON.stringify({ keep: words }));
    this.node.open = false;
  }

  wipe() {
    this.node.open = false;
    this.box.value = '';
    this.count();
  }
}
