// Loaded only when the line is so busy that it asks for some work before a
// start (chat/gate/work.go says which). The browser's own code does the work,
// in slices, so that the page stays alive; leaving the page ends it. Where it
// cannot be done the page goes the way of those without scripts: it waits.

const PARTS = 4;
const ROUNDS = 250;
const MOST = 2 ** 24;
const SLICE = 16;
const LONGEST = 40_000; // milliseconds; by then waiting has done it

const turn = /** @type {HTMLInputElement} */ (document.querySelector('[data-turn]'));
const form = /** @type {HTMLFormElement} */ (turn.form);
const work = /** @type {HTMLInputElement} */ (form.elements.namedItem('work'));
const told = /** @type {HTMLElement} */ (form.querySelector('[data-doing]'));
const zeros = Number(turn.dataset['turn']);
const since = performance.now();
let over = false;
// Who has pressed "go on" already is not asked to press again.
let wanted = 'wait' in form.dataset;

/** @param {number} ms */
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** The number for one part. @param {CryptoKey} key @param {number} part */
const find = async (key, part) => {
  /** @param {number} n */
  const fits = async (n) => {
    const salt = new DataView(new ArrayBuffer(5));
    salt.setUint8(0, part);
    salt.setUint32(1, n);
    const sum = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: salt.buffer, iterations: ROUNDS }, key, 32);
    return Math.clz32(new DataView(sum).getUint32(0)) >= zeros;
  };
  for (let n = 0; n < MOST && form.isConnected && !over && performance.now() - since < LONGEST; n += SLICE) {
    const found = await Promise.all(Array.from({ length: SLICE }, (_, i) => fits(n + i)));
    if (found.includes(true)) return n + found.indexOf(true);
    await pause(0);
  }
  throw new Error('given up');
};

const doIt = async () => {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(turn.value), 'PBKDF2', false, ['deriveBits']);
  const numbers = [];
  for (let part = 0; part < PARTS; part++) {
    if (wanted) told.textContent = (told.dataset['doing'] ?? '').replace('{n}', String(part + 1)).replace('{all}', String(PARTS));
    numbers.push(await find(key, part));
  }
  return numbers.join('.');
};

const goOn = () => {
  if (wanted && form.isConnected) form.requestSubmit();
};

form.addEventListener('submit', (e) => {
  if (over) return;
  e.preventDefault();
  wanted = true;
});
addEventListener('pagehide', () => { over = true; });

// It may be that browsers without it come here: over plain http, Firefox has none.
if (globalThis.crypto?.subtle && zeros > 0) {
  work.value = '-'; // a script is there
  doIt().then(async (numbers) => {
    work.value = numbers;
    // There was no room a moment ago: not at once again.
    if ('later' in form.dataset) await pause(Math.max(0, 1000 * Number(form.dataset['wait']) - (performance.now() - since)));
    told.textContent = wanted ? told.dataset['done'] ?? '' : '';
  }).catch(() => { work.value = ''; wanted &&= !('wait' in form.dataset); }).finally(() => { over = true; goOn(); });
} else {
  over = true;
}

export {};
