// @ts-check
// A contact by phone, mail or visit on the desk: its note and nothing else. To
// the desk it is like a conversation that has ended.

import { Note } from './note.js';
import { post } from './post.js';
import { t } from './words.js';

/**
 * Asks the server for a contact to write about.
 * @param {string} person
 * @returns {Promise<{contact: string, why: string}>} contact is empty when there is none
 */
export async function begun(person) {
  const { why, body } = await post('/closing', new URLSearchParams({ person }));
  return { contact: why === 'saved' ? body?.contact ?? '' : '', why };
}

/**
 * @typedef {object} ElsewhereHooks what the desk is told
 * @property {() => void} changed something the list shows
 * @property {(c: Elsewhere, why: string) => void} gone it has been wiped
 * @property {(c: Elsewhere) => void} leaving it has a note that is not saved, and is to be wiped
 * @property {() => void} login the login has ended
 * @property {() => void} other somebody else is logged in
 */

export class Elsewhere {
  /** @param {string} contact @param {number} number @param {ElsewhereHooks} hooks */
  constructor(contact, number, hooks) {
    this.contact = contact;
    this.name = t('desk.js.elsewhere.name', { number });
    this.hooks = hooks;
    this.over = true;
    this.unread = 0;
    this.wiped = false;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('t-elsewhere'));
    this.node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    this.node.hidden = true;
    this.part('title').textContent = this.name;
    this.note = new Note(this.part('note'), { save: `/closing/${contact}`, draft: `/closing/${contact}/draft` }, {
      saved: () => this.wipe('saved'),
      changed: () => hooks.changed(),
      login: () => hooks.login(),
      other: () => hooks.other(),
      taken: () => {
        this.part('note-taken').hidden = false;
      },
    });
    this.box = this.note.box;
    this.part('wipe').addEventListener('click', () => this.leave());
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.node.querySelector(`[data-${name}]`));
  }

  /** @returns {string} for the list: how it came, once that is known */
  about() {
    const channel = this.note.question('channel');
    return channel ? this.note.answer(channel).join(', ') : '';
  }

  /** One key goes from the questions to the words, and back. */
  noteKey() {
    if (document.activeElement === this.box) this.note.begin();
    else if (this.node.contains(document.activeElement)) this.note.write();
    else this.note.begin();
  }

  /** @param {boolean} on */
  select(on) {
    this.node.hidden = !on;
    if (on) this.note.begin();
  }

  /** Something that the page would lose by a reload. */
  get unsaved() {
    return !this.wiped && this.note.unsaved;
  }

  /** Wipes, after asking when a note would be left unfinished. */
  leave() {
    if (this.note.touched && !this.note.closed) this.hooks.leaving(this);
    else this.wipe('away');
  }

  /** @param {string} why saved, away, wiped or out */
  wipe(why) {
    if (this.wiped) return;
    this.wiped = true;
    this.note.wipe();
    this.node.remove();
    this.hooks.gone(this, why === 'wiped' ? 'away' : why);
  }
}
