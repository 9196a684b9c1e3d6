// @ts-check
// How much waits in the inbox, asked every so often beside the lane. That
// somebody may be hurt soon is shown above everything and heard until a
// colleague has taken the message; all else makes no sound.

import { audible, sound } from './sound.js';
import { post } from './post.js';
import { t } from './words.js';

const every = 15_000; // milliseconds

const count = document.querySelector('[data-count=inbox]');
const wanted = document.getElementById('sound');
let alarmed = 0;

/** @param {number} urgent */
function alarm(urgent) {
  let box = document.getElementById('urgent');
  if (!urgent) {
    box?.remove();
    alarmed = 0;
    return;
  }
  if (!box) {
    box = document.createElement('p');
    box.id = 'urgent';
    box.className = 'notice alert danger';
    box.setAttribute('role', 'alert');
    const to = document.createElement('a');
    to.href = '/inbox';
    to.target = '_blank'; // a conversation may stand on this page
    to.rel = 'noopener';
    to.textContent = t('threads.js.alarm');
    box.append(to);
    document.querySelector('header.top')?.append(box);
  }
  if (!(wanted instanceof HTMLInputElement) || wanted.checked) sound('ready');
  const off = document.getElementById('sound-off');
  if (off && wanted instanceof HTMLInputElement) off.hidden = audible() || !wanted.checked;
  alarmed++;
}

async function look() {
  const { why, body } = await post('/inbox/state');
  if (why === 'saved' && body) {
    if (count) count.textContent = body.waiting ? String(body.waiting) : '';
    alarm(Number(body.urgent) || 0);
  }
  setTimeout(look, every);
}
look();
