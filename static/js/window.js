// @ts-check
// The sockets of this page say that it was open before the screen was locked: so
// they come back after a break of the line, and what is opened new does not.

/** @param {string} path of a socket */
export function marked(path) {
  const mark = /** @type {HTMLElement|null} */ (document.querySelector('[data-window]'))?.dataset.window ?? '';
  return `${path}?${new URLSearchParams({ window: mark })}`;
}
