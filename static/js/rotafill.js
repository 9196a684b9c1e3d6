// @ts-check
// Filling the gaps of a draft, and looking for something better, which takes a
// while: how far it is is asked for, and it can be stopped at any time.

import { post } from './post.js';
import { t } from './words.js';

const pause = 400; // milliseconds between two questions

/**
 * @param {{refresh: () => Promise<void>, trouble: (why: string) => string}} page
 * @returns {() => void} takes away what the last filling came to
 */
export function filling({ refresh, trouble }) {
  const fill = document.querySelector('form[data-fill]');
  const improve = document.querySelector('form[data-improve]');
  const box = document.getElementById('searching');
  const says = document.getElementById('search-says');
  const bar = box?.querySelector('progress');
  if (!(fill instanceof HTMLFormElement) || !(improve instanceof HTMLFormElement) || !box || !bar || !says) return () => {};
  improve.hidden = false;
  const buttons = [...fill.querySelectorAll('button'), ...improve.querySelectorAll('button')];
  // What came of it stands beside what was pressed: the top of the page may be out of sight.
  const came = document.createElement('p');
  came.setAttribute('role', 'status');
  box.after(came);
  const say = (/** @type {string} */ text) => {
    came.className = text ? 'tint' : '';
    came.textContent = text;
  };
  let works = false;
  // A button that were disabled would lose the focus, and whoever works by keys their place.
  const busy = (/** @type {boolean} */ is) => {
    works = is;
    for (const b of buttons) b.setAttribute('aria-disabled', String(is));
    fill.removeAttribute('aria-busy');
    if (is) say('');
  };

  fill.addEventListener('submit', (e) => {
    e.preventDefault();
    if (works) return;
    busy(true);
    void post(fill.action, new URLSearchParams({ script: '1' })).then(async ({ why, body }) => {
      say(body?.said ?? trouble(why));
      await refresh();
      busy(false);
    });
  });

  const ask = async () => {
    const { why, body } = await post(improve.action);
    if (why !== 'saved' || !body) {
      say(trouble(why));
    } else if (!body.done) {
      bar.value = body.part;
      says.textContent = t('plan.js.searching', { first: body.first, cost: body.cost });
      setTimeout(() => void ask(), pause);
      return;
    } else {
      say(body.said);
    }
    const there = box.contains(document.activeElement);
    box.hidden = true;
    busy(false);
    if (there) improve.querySelector('button')?.focus();
    await refresh();
  };

  improve.addEventListener('submit', (e) => {
    e.preventDefault();
    if (works) return;
    busy(true);
    box.hidden = false;
    bar.value = 0;
    says.textContent = '';
    void post(improve.action, new URLSearchParams({ do: 'begin', script: '1' })).then(() => ask());
  });
  box.querySelector('[data-stop]')?.addEventListener('click', () => {
    void post(improve.action, new URLSearchParams({ do: 'stop', script: '1' }));
  });
  return () => {
    if (!works) say('');
  };
}
