// @ts-check
// The page that shows a return code: copying and printing, where a script can.

import { $ } from './visitor.js';

for (const button of document.querySelectorAll('[data-print]')) {
  button.removeAttribute('hidden');
  button.addEventListener('click', () => print());
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-copy]'))) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const said = $('copied');
    const done = await navigator.clipboard.writeText(button.dataset.copy ?? '').then(() => true, () => false);
    said.textContent = (done ? said.dataset.said : said.dataset.failed) ?? '';
    if (done) /** @type {HTMLInputElement} */ ($('kept')).checked = true;
  });
}
