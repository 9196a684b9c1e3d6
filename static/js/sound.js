// @ts-check
// Two sounds, made on the spot: a visitor is ready, and a visitor wrote. A
// browser lets a page sound only after the person has pressed something on it.

/** @type {AudioContext|undefined} */
let audio;

const wake = () => {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') audio.resume().catch(() => {});
};
addEventListener('pointerdown', wake, { passive: true });
addEventListener('keydown', wake, { passive: true });

/** @returns {boolean} whether a sound would be heard now */
export const audible = () => audio?.state === 'running';

/** @param {number} pitch in hertz @param {number} after seconds @param {number} long seconds */
const note = (pitch, after, long) => {
  if (!audio) return;
  const from = audio.currentTime + after;
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.type = 'sine';
  tone.frequency.value = pitch;
  loud.gain.setValueAtTime(0, from);
  loud.gain.linearRampToValueAtTime(0.16, from + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.001, from + long);
  tone.connect(loud).connect(audio.destination);
  tone.start(from);
  tone.stop(from + long);
};

/** @type {{[name: string]: () => void}} */
const sounds = {
  ready: () => { note(587, 0, 0.35); note(880, 0.22, 0.5); },
  wrote: () => { note(494, 0, 0.3); },
};

/** @param {'ready'|'wrote'} name */
export const sound = (name) => {
  if (audio?.state === 'running') sounds[name]?.();
};
