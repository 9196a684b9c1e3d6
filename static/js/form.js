// @ts-check
// Forms of the staff work without this. With it, a slow answer is not asked
// for twice, and choosing an own passphrase picks the choice above it.

import './passkey.js';

for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', (e) => {
    if (form.getAttribute('aria-busy') === 'true') e.preventDefault();
    form.setAttribute('aria-busy', 'true');
  });
}
// A page that comes back from the browser's memory may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-once]')) form.removeAttribute('aria-busy');
});

for (const name of ['own', 'again']) {
  document.getElementById(name)?.addEventListener('input', () => {
    const own = document.querySelector('input[name=choice][value=own]');
    if (own instanceof HTMLInputElement) own.checked = true;
  });
}

for (const button of document.querySelectorAll('[data-print]')) {
  if (!(button instanceof HTMLElement)) continue;
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// A check that is still at work is looked at again. The answer asks for that too,
// for those without scripts; Chromium was seen not to heed it beside scripts.
if (document.querySelector('[data-reload]')) setTimeout(() => location.reload(), 2000);
