// @ts-check
// The page that shows a return code: copying and printing, where a script can.
// Without one no button stands there that does nothing.

import { $ } from './visitor.js';

const ways = $('ways');

/** @param {string | undefined} label @param {() => void} press */
const button = (label, press) => {
  const b = document.createElement('button');
  b.type = 'button';
  b.className = 'button quiet';
  b.textContent = label ?? '';
  b.onclick = press;
  ways.append(b);
};

button(ways.dataset.copier, async () => {
  const said = $('copied');
  const done = await navigator.clipboard.writeText(ways.dataset.copy ?? '').then(() => true, () => false);
  said.textContent = (done ? said.dataset.said : said.dataset.failed) ?? '';
  if (done) /** @type {HTMLInputElement} */ ($('kept')).checked = true;
});
button(ways.dataset.printer, () => print());
