// @ts-check
// Keys of the desk. The letters stand in templates/keys.go too, where the list
// under "?" comes from; a test compares the two. Alt combinations can be
// switched off, for people whose own tools use them.

/** @type {{[code: string]: string}} letter -> what it does */
export const combos = {
  P: 'duty',
  Q: 'next',
  A: 'accept',
  J: 'down',
  K: 'up',
  M: 'box',
  R: 'find',
  G: 'give',
  S: 'steps',
  C: 'keep',
  N: 'note',
  T: 'elsewhere',
  X: 'end',
  W: 'wipe',
  // lock.js does this one, on every page and also when the others are switched off.
  L: 'lock',
};

/**
 * @param {{[name: string]: () => void}} acts
 * @param {() => boolean} on whether the combinations are wanted
 */
export function listen(acts, on) {
  document.addEventListener('keydown', (e) => {
    if (e.isComposing || document.querySelector('dialog[open]')) return;
    if (e.altKey && !e.ctrlKey && !e.metaKey && !e.shiftKey && on()) {
      const act = combos[e.code.replace('Key', '')];
      if (!act) return;
      e.preventDefault();
      acts[act]?.();
    } else if (e.key === '?' && !e.altKey && !e.ctrlKey && !e.metaKey && !writing(e.target)) {
      e.preventDefault();
      acts.help?.();
    }
  });
}

/** @param {EventTarget|null} target */
const writing = (target) => target instanceof HTMLElement && (target.matches('input:not([type=checkbox]), textarea, select') || target.isContentEditable);
