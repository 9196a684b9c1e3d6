// @ts-check
// The list that opens over the grid: who is on a shift, who could take it and
// why, and who cannot. In it: arrows from one to the next, Enter puts on it,
// Delete takes off, P pins.

import { post } from './post.js';
import { make } from './rotarows.js';
import { t } from './words.js';

/**
 * @typedef {{ID: string, Person: string, Name: string, Role: string, Says: string, Pinned: boolean, Open: boolean}} Place
 * @typedef {{Person: string, Name: string, Says: string}} Candidate
 * @typedef {{Value: string, Label: string, Checked: boolean}} Choice
 * @typedef {{title: string, cell: {Count: string, Says: string[]|null}, on: Place[]|null, could: Candidate[]|null, cannot: Candidate[]|null, role: string, roles: Choice[]|null, page: string, draft: boolean}} Shift
 */

/** @param {string} id @returns {HTMLElement} */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {{send: (url: string, fields: {[name: string]: string}) => Promise<string>, draft: boolean}} grid
 */
export function ranked({ send, draft }) {
  const dialog = /** @type {HTMLDialogElement} */ ($('ranked'));
  let url = '';

  /** A button that does something with the shift and shows it again. @param {string} label @param {string} whom @param {{[name: string]: string}} fields @param {string} kind */
  function button(label, whom, fields, kind) {
    const b = make('button', label, `button small ${kind}`);
    b.setAttribute('type', 'button');
    b.append(make('span', ` ${whom}`, 'sr'));
    b.addEventListener('click', () => void change(fields));
    return b;
  }

  /** @param {{[name: string]: string}} fields */
  async function change(fields) {
    await again(await send(url, fields));
  }

  /** Shows the shift again, with what came of a change: what stands under the list is not read out. @param {string} came */
  async function again(came) {
    if (!dialog.open) return;
    await show(url, came);
    first();
  }

  /** Puts the focus on the first thing that can be done. */
  function first() {
    const at = dialog.querySelector('#ranked-could button') ?? dialog.querySelector('#ranked-on button') ?? $('ranked-title');
    if (at instanceof HTMLElement) at.focus();
  }

  /** @param {string} href @param {string} note */
  async function show(href, note) {
    const at = new URL(href, location.href);
    url = at.pathname + at.search;
    at.searchParams.set('script', '1');
    const { body } = await post(at.pathname + at.search);
    if (!body) return false;
    const shift = /** @type {Shift} */ (body);
    $('ranked-title').textContent = shift.title;
    $('ranked-says').textContent = [note, [shift.cell.Count, ...(shift.cell.Says ?? [])].filter(Boolean).join(', ')].filter(Boolean).join(' ');
    $('ranked-page').setAttribute('href', shift.page);
    $('ranked-on').replaceChildren(...(shift.on ?? []).map((p) => {
      const li = document.createElement('li');
      li.dataset.place = p.ID;
      li.dataset.pinned = String(p.Pinned);
      const text = document.createElement('span');
      text.append(make('b', p.Name), ` ${p.Role} ${p.Says} ${p.Pinned ? t('plan.js.pinned') : ''}`);
      li.append(text);
      if (draft) {
        li.append(button(t(p.Pinned ? 'plan.js.unpin' : 'plan.js.pin'), p.Name, { do: p.Pinned ? 'unpin' : 'pin', place: p.ID }, 'quiet'));
        li.append(button(t('plan.js.remove'), p.Name, { do: 'remove', place: p.ID }, 'quiet'));
      }
      return li;
    }));
    if (!shift.on?.length) $('ranked-on').append(make('li', t('plan.js.nobody')));
    $('ranked-could').replaceChildren(...(draft ? shift.could ?? [] : []).map((p) => {
      const li = document.createElement('li');
      li.dataset.person = p.Person;
      const text = document.createElement('span');
      text.append(make('b', p.Name), ' ', make('span', p.Says, 'soft'));
      li.append(button(t('plan.js.give'), p.Name, { do: 'give', person: p.Person, role: shift.role }, ''), text);
      return li;
    }));
    if (draft && !shift.could?.length) $('ranked-could').append(make('li', t('plan.js.noone')));
    for (const id of ['ranked-could', 'ranked-could-title', 'ranked-roles', 'ranked-not']) $(id).hidden = !draft;
    $('ranked-not').hidden = !draft || !shift.cannot?.length;
    $('ranked-blocked').replaceChildren(...(shift.cannot ?? []).map((p) => {
      const li = document.createElement('li');
      li.append(make('b', p.Name), ' ', make('span', p.Says, 'soft'));
      return li;
    }));
    $('ranked-roles').replaceChildren(...(shift.roles ?? []).map((r) => {
      const b = make('button', r.Label, 'button quiet small');
      b.setAttribute('type', 'button');
      b.setAttribute('aria-pressed', String(r.Checked));
      b.addEventListener('click', () => void show(r.Value, '').then(() => {
        const now = $('ranked-roles').querySelector('[aria-pressed=true]');
        if (now instanceof HTMLElement) now.focus();
      }));
      return b;
    }));
    return true;
  }

  dialog.addEventListener('keydown', (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || !(e.target instanceof HTMLElement)) return;
    const li = e.target.closest('li');
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      const all = /** @type {HTMLElement[]} */ ([...dialog.querySelectorAll('#ranked-on li button:first-of-type, #ranked-could li button')]);
      const now = all.findIndex((b) => b === e.target || b.closest('li') === li && li !== null);
      all[Math.max(0, Math.min(all.length - 1, now + (e.key === 'ArrowDown' ? 1 : -1)))]?.focus();
      e.preventDefault();
    } else if (li?.dataset.place && draft && (e.key === 'Delete' || e.key === 'Backspace')) {
      e.preventDefault();
      void change({ do: 'remove', place: li.dataset.place });
    } else if (li?.dataset.place && draft && e.key.toLowerCase() === 'p') {
      e.preventDefault();
      void change({ do: li.dataset.pinned === 'true' ? 'unpin' : 'pin', place: li.dataset.place });
    }
  });
  dialog.querySelector('[data-close]')?.addEventListener('click', () => dialog.close());

  return {
    /** @param {string} href @param {string} note */
    async open(href, note) {
      if (!await show(href, note)) {
        location.assign(href);
        return;
      }
      dialog.showModal();
      const on = dialog.querySelector('#ranked-on button');
      if (note && on instanceof HTMLElement) on.focus();
      else first();
    },
    again,
    /** @param {() => void} then */
    closed(then) {
      dialog.addEventListener('close', then);
    },
  };
}
