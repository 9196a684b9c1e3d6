// @ts-check
// What has changed of the line since a waiting page was made: nobody new is
// taken for a while, messages go first, another end. Loaded only then.

import { $, say } from './visitor.js';

/** @param {{ state?: string, left?: number }} f */
export const told = (f) => {
  const words = [];
  // Where no message can be left, none is spoken of.
  if (f.state && (f.state !== 'first' || document.getElementById('slow'))) words.push(say(`told.${f.state}`));
  if (f.left) {
    const at = new Date(Math.round((Date.now() + f.left * 1000) / 60_000) * 60_000);
    words.push(say('told.until', { time: at.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) }));
  }
  const until = document.getElementById('until');
  if (until) until.hidden = true;
  $('told').textContent = words.join(' ');
  $('told').hidden = !words.length;
};
