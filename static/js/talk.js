// The conversation on the visitor's page: what has been said, writing, and
// what is left afterwards. Texts live in this page's memory and nowhere else.

import { build, copier, kept, plain, read } from './cards.js';
import { clean, coded, MAX, refused, visible } from './text.js';
import { $, put, say, show } from './visitor.js';

/**
 * @typedef {object} Room
 * @property {(alias: string, early: string) => void} begin
 * @property {() => void} entries
 * @property {(state: string) => void} presence
 * @property {(on: boolean) => void} typing
 * @property {(left: number) => void} idle
 * @property {(text: string) => void} give words back to the writer
 * @property {(wipe: boolean) => void} end
 */

/** @param {import('./thread.js').Thread} thread @returns {Room} */
export const open = (thread) => {
  const box = /** @type {HTMLTextAreaElement} */ ($('box'));
  const log = $('log');
  const scroll = $('scroll');
  const template = /** @type {HTMLTemplateElement} */ ($('said'));
  let alias = '';
  let unread = 0;
  let begun = false;
  let ended = false;
  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();

  /** @type {import('./cards.js').Say} */
  const word = (key, values) => say(`card.${key}`, values);

  const low = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const down = () => {
    scroll.scrollTop = scroll.scrollHeight;
    unread = 0;
    $('new').hidden = true;
  };

  // --- What has been said ---

  /** @param {import('./thread.js').Row} row @returns {HTMLElement} */
  const make = (row) => {
    if (row.kind !== 'text') {
      const p = document.createElement('p');
      p.className = row.kind === 'gap' ? 'between gap' : 'between';
      return p;
    }
    const node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const [who, words] = node.querySelectorAll('span');
    if (row.mine) node.classList.add('mine');
    if (who) who.textContent = `${row.mine ? say('you') : alias}: `;
    const found = row.mine ? kept(row.body) : read(row.body);
    if (found) {
      node.classList.add('slips');
      const slip = build(found, word, !row.mine);
      node.querySelector('.text')?.append(slip);
      if (found.keep && !row.mine) import('./kept.js').then((m) => m.offer(slip, row, thread), () => {});
    } else if (words) words.textContent = visible(row.text) || word('none');
    return node;
  };

  /** @param {HTMLElement} node @param {import('./thread.js').Row} row */
  const update = (node, row) => {
    if (row.kind !== 'text') {
      const key = row.kind === 'event' ? `event.${row.text}` : row.gone ? 'gap.gone' : 'gap';
      const text = say(key) || say('event');
      if (node.textContent !== text) node.textContent = text;
      return;
    }
    if (!row.mine || node.dataset.state === row.state) return;
    node.dataset.state = row.state;
    const failed = row.state === 'lost' || row.state === 'unknown';
    node.classList.toggle('failed', failed);
    const line = /** @type {HTMLElement} */ (node.querySelector('.state'));
    line.textContent = say(`state.${row.state}`);
    if (!failed || ended) return;
    const back = document.createElement('button');
    back.type = 'button';
    back.className = 'button quiet';
    back.textContent = say('back');
    back.onclick = () => { give(row.text); back.remove(); };
    line.append(' ', back);
  };

  const entries = () => {
    const stay = low();
    let news = 0;
    /** @type {Set<string>} */
    const seen = new Set();
    /** @type {ChildNode | null} */
    let place = log.firstChild;
    let last = 0;
    /** @type {HTMLElement | undefined} */
    let card;
    for (const row of thread.entries) {
      seen.add(row.id);
      let node = nodes.get(row.id);
      if (!node) {
        node = make(row);
        nodes.set(row.id, node);
        if (!row.mine) {
          news++;
          card = row.text ? undefined : node;
        }
      }
      update(node, row);
      if (node === place) place = place.nextSibling;
      else log.insertBefore(node, place);
      last = Math.max(last, row.at);
    }
    for (const [key, node] of nodes) {
      if (seen.has(key)) continue;
      node.remove();
      nodes.delete(key);
    }
    if (news && !ended) put('typing', '');
    if (stay || !begun) {
      down();
      // A card that is taller than the view is read from its beginning.
      const above = card ? card.getBoundingClientRect().top - scroll.getBoundingClientRect().top : 0;
      if (above < 0) {
        scroll.scrollTop += above - 4;
        foot = false; // said here: a line that goes in the same moment would take the view down again
      }
    }
    else if (news) {
      unread += news;
      put('new', say('new', { n: unread }));
      $('new').hidden = false;
    }
    if (last && begun) thread.shown(last);
    if (news && ended) along();
  };

  // --- Writing ---

  /** Gives words back to the writer, never over other words. @param {string} text */
  const give = (text) => {
    const free = !box.value.trim();
    if (free) box.value = text;
    else {
      const aside = $('beside');
      aside.textContent = [aside.textContent, text].filter(Boolean).join('\n\n');
      aside.hidden = false;
    }
    put('trouble', say(free ? 'text.refused' : 'text.beside'));
    count();
    box.focus();
  };

  const count = () => {
    const left = MAX - box.value.length;
    put('room', left > 400 ? '' : left < 0 ? say('text.long') : say('room', { n: left }));
  };

  let told = 0;
  /** @type {number | undefined} */
  let pause;
  const quiet = () => {
    clearTimeout(pause);
    if (told) thread.typing(false);
    told = 0;
  };

  // The word before something that shows who somebody is: brought when the
  // conversation begins, where the line has one.
  const form = /** @type {HTMLFormElement} */ ($('write'));
  /** @type {((form: HTMLFormElement) => boolean) | undefined} */
  let guard;
  const coming = form.querySelector('[data-word]')
    ? import('./identity.js').then((m) => { guard = m.guard; }, () => { guard = () => true; })
    : Promise.resolve(guard = () => true);

  const send = () => {
    const text = clean(box.value).trim();
    if (!text || ended) return;
    const why = refused(text) || (coded(text) ? 'code' : '');
    if (why) {
      put('trouble', say(`text.${why}`));
      box.focus();
      return;
    }
    if (!guard) {
      // Only in the first moment. A road so bad that it does not come is not waited for.
      Promise.race([coming, new Promise((done) => { setTimeout(done, 2000); })]).then(() => {
        guard ??= () => true;
        send();
      });
      return;
    }
    if (!guard(form)) return;
    thread.say(text);
    box.value = '';
    put('trouble', '');
    $('beside').hidden = true;
    $('beside').textContent = '';
    count();
    quiet();
    down();
    box.focus();
  };

  box.addEventListener('input', () => {
    count();
    put('trouble', '');
    if (!$('idle').hidden) stay();
    clearTimeout(pause);
    pause = setTimeout(quiet, 5000);
    if (performance.now() - told < 3000 && told) return;
    told = performance.now();
    thread.typing(true);
  });
  box.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    send();
  });
  form.onsubmit = (e) => {
    e.preventDefault();
    send();
  };
  $('new').onclick = () => {
    down();
    box.focus();
  };
  // Whoever reads at the foot stays there when a bar or a keyboard takes room.
  // A phone that turns scrolls too, before it is measured: nobody left the end.
  const size = () => `${scroll.clientWidth} ${scroll.clientHeight}`;
  let foot = true;
  let was = size();
  scroll.addEventListener('scroll', () => {
    if (size() !== was) return;
    foot = low();
    if (unread && foot) down();
  }, { passive: true });
  new ResizeObserver(() => {
    was = size();
    if (foot && scroll.isConnected) down();
  }).observe(scroll);
  const stay = () => {
    thread.extend();
    idle(0);
  };
  $('stay').onclick = () => {
    stay();
    box.focus();
  };

  // --- Around it ---

  /** @param {number} left */
  const idle = (left) => {
    const bar = $('idle');
    if (left) /** @type {HTMLElement} */ (bar.firstElementChild).textContent = say('idle');
    bar.hidden = !left;
  };

  /** @type {number | undefined} */
  let still;
  const wipe = () => {
    nodes.clear();
    log.replaceChildren();
    box.value = '';
    $('beside').textContent = '';
    $('kept').hidden = true;
    $('taken-along').replaceChildren();
    $('along').hidden = true;
  };

  /** What to take along: every place once, and the steps as they were agreed last. */
  const along = () => {
    /** @type {Map<string, import('./cards.js').Found>} */
    const all = new Map();
    for (const row of thread.entries) {
      const found = row.kind === 'text' && !row.mine ? read(row.body) : null;
      if (found) all.set(found.card?.id ?? (found.steps ? '' : 'keep'), found);
    }
    // Steps first: they are for today.
    const list = [...all.values()].sort((a, b) => Number(!a.steps) - Number(!b.steps));
    $('taken-along').replaceChildren(...list.map((found) => build(found, word)));
    if (list.length > 1) $('taken-along').append(copier(() => list.map((found) => plain(found, word)).join('\n\n'), word('copyall'), word));
    $('along').hidden = !list.length;
  };

  return {
    entries,
    idle,
    begin: (name, early) => {
      alias = name;
      put('with', say('talk.with', { alias }) );
      if (early) {
        box.value = box.value ? `${early}\n${box.value}` : early;
        put('trouble', '');
        count();
      }
      entries();
      if (begun) return;
      begun = true;
      entries(); // now they are on the screen
      // What was said before is there without being read out; from here on it is.
      requestAnimationFrame(() => log.removeAttribute('aria-live'));
      box.focus();
    },
    presence: (state) => {
      const text = state === 'here' || state === 'window' ? '' : say(`presence.${state}`, { alias });
      put('presence', text || ($('presence').textContent ? say('presence.here', { alias }) : ''));
      if (!text) setTimeout(() => put('presence', ''), 4000);
    },
    typing: (on) => {
      clearTimeout(still);
      put('typing', on ? say('typing', { alias }) : '');
      if (on) still = setTimeout(() => put('typing', ''), 8000);
    },
    give,
    end: (wiped) => {
      ended = true;
      clearTimeout(pause);
      if (wiped) {
        wipe();
        thread.stop(); // what is wiped must not be fetched again
        thread.wipe();
        return;
      }
      entries();
      if (!nodes.size) return;
      along();
      $('keptlog').append(log);
      $('kept').hidden = false;
      $('copy').onclick = () => {
        const text = thread.entries.filter((r) => r.kind === 'text').map((r) => {
          const found = r.mine ? kept(r.body) : read(r.body);
          return `${r.mine ? say('you') : alias}: ${found ? plain(found, word) : visible(r.text)}`;
        }).join('\n\n');
        navigator.clipboard.writeText(text).then(() => put('aftersay', say('copied')), () => put('aftersay', say('uncopied')));
      };
      $('wipe').onclick = () => {
        wipe();
        thread.stop(); // what is wiped must not be fetched again
        thread.wipe();
        put('aftersay', say('wiped'));
      };
      show('after');
      $('keptlog').scrollTop = $('keptlog').scrollHeight;
    },
  };
};
