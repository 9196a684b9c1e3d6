// @ts-check
// Asks every so often whether what the board shows of the cover still is so,
// and says it when not. It changes nothing by itself: somebody may be about to
// press.

import { post } from './post.js';

const every = 15_000; // milliseconds

const part = document.getElementById('attend');
const news = document.getElementById('attend-news');

async function look() {
  const { why, body } = await post('/board/state');
  if (news && why === 'saved' && body) news.hidden = body.stamp === part?.dataset.stamp;
  setTimeout(look, every);
}
if (part) setTimeout(look, every);
