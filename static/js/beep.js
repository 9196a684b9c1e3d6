// A sound for whoever waits, made on the spot and only when asked for. It is
// brought when the box is ticked: a browser lets a page sound only after the
// person has pressed something on it.

const audio = new AudioContext();

export const beep = () => {
  if (audio.state === 'suspended') audio.resume().catch(() => {});
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.frequency.value = 523;
  loud.gain.setValueAtTime(0.12, audio.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.7);
  tone.connect(loud).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.7);
};
