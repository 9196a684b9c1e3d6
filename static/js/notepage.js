// @ts-check
// A page on which a note is finished or changed, outside the desk.

import './fresh.js';
import { Note, loginGone } from './note.js';

const page = /** @type {HTMLElement} */ (document.getElementById('write'));
const section = /** @type {HTMLElement} */ (page.querySelector('[data-note]'));
const form = /** @type {HTMLFormElement} */ (section.querySelector('[data-form]'));
const save = new URL(form.action).pathname;
const person = /** @type {HTMLInputElement} */ (form.elements.namedItem('person')).value;

/** @param {string} to */
function leave(to) {
  note.wipe();
  location.replace(to);
}

const note = new Note(section, { save, draft: form.dataset.draft === undefined ? '' : `${save}/draft` }, {
  saved: () => leave(page.dataset.back ?? '/notes'),
  changed: () => {},
  login: () => gone(),
  other: () => leave('/notes'),
});
note.sealed = note.version;
const gone = loginGone(person, {
  back: () => note.again(),
  other: () => leave('/notes'),
  out: () => leave('/login?out'),
});

addEventListener('beforeunload', (e) => {
  if (note.unsaved) e.preventDefault();
});
note.write();
