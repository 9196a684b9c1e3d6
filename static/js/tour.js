// @ts-check
// The tour of the demonstration: asks the server every two seconds which tasks
// really happened, and ticks them.

/** @param {string[]} done */
function tick(done) {
  for (const id of done) {
    const task = document.querySelector(`[data-task="${id}"]`);
    if (!(task instanceof HTMLElement) || task.dataset.done === 'true') continue;
    task.dataset.done = 'true';
    const words = task.querySelector('.sr');
    if (words instanceof HTMLElement) words.hidden = false;
  }
  const count = document.getElementById('count');
  const text = (count?.dataset.one ?? '').replace('{done}', String(done.length));
  if (count && count.textContent !== text) count.textContent = text;
}

async function ask() {
  try {
    const answer = await fetch('/tour/progress', { cache: 'no-store' });
    if (answer.ok) tick((await answer.json()).done);
  } catch {
    // The server is away; the next question finds it again.
  }
  setTimeout(ask, 2000);
}

ask();
