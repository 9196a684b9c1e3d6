// @ts-check
// The groups of the navigation open and close without a script. This closes
// them by Escape and by going on anywhere else. It also asks every so often what
// would stand above the page if it were loaded now, and puts it there: a sick
// call reaches whoever has a page open, whichever it is.

import { post } from './post.js';

/** @returns {HTMLDetailsElement|null} */
const unfolded = () => document.querySelector('.places details[open]');

addEventListener('keydown', (e) => {
  const group = e.key === 'Escape' && unfolded();
  if (!group) return;
  if (group.contains(document.activeElement)) group.querySelector('summary')?.focus();
  group.open = false;
});
for (const kind of ['pointerdown', 'focusin']) {
  addEventListener(kind, (e) => {
    const group = unfolded();
    if (group && e.target instanceof Node && !group.contains(e.target)) group.open = false;
  });
}

const every = 20_000; // milliseconds
const top = document.querySelector('header.top');
const here = top?.getAttribute('data-here') ?? '';

/** @param {{text: string, href: string}} alert */
function line({ text, href }) {
  const p = document.createElement('p');
  p.className = 'notice alert';
  p.setAttribute('role', 'alert');
  p.append(text);
  if (href) {
    const link = document.createElement('a');
    link.href = href;
    p.replaceChildren(link);
    link.append(text);
  }
  return p;
}

async function ask() {
  const { why, body } = await post(`/alerts?here=${encodeURIComponent(here)}`);
  if (!top || why !== 'saved' || !Array.isArray(body?.alerts)) return; // locked, or no answer: what stands there stays
  const shown = [...top.querySelectorAll('p.alert')];
  /** @type {{text: string, href: string}[]} */ const now = body.alerts;
  // Where the server could not look at everything nothing is known to be over.
  for (const p of body.unsure ? [] : shown) {
    const gone = !now.some((a) => a.text === p.textContent?.trim());
    // What somebody is about to press stays.
    if (gone && !p.contains(document.activeElement)) p.remove();
  }
  for (const a of now) if (!shown.some((p) => p.textContent?.trim() === a.text)) top.append(line(a));
}

/** @type {ReturnType<typeof setTimeout>|undefined} */ let next;

/** Asks, unless nobody sees the page, and whatever comes of it again later. */
async function look() {
  try {
    if (!document.hidden) await ask();
  } catch {
    // An answer nobody understands: the next one may be better.
  } finally {
    clearTimeout(next);
    next = setTimeout(look, every);
  }
}
if (top) {
  next = setTimeout(look, every);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) look();
  });
}
