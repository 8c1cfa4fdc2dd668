// A sound for a new order, which can be muted. The card flashes in any case; see style.css.
import { kept } from './kept.js';

const FREQUENCY = 880;
const SECONDS = 0.25;

const muted = kept('localStorage', 'cafe-lumiere-muted');
const button = document.getElementById('mute');
let audio;

const show = () => {
  const isMuted = muted.get() === true;
  button.setAttribute('aria-pressed', String(isMuted));
  button.textContent = isMuted ? 'Sound is off' : 'Sound is on';
};

/** A short tone. Browsers allow none before somebody has touched the page. */
export const announce = () => {
  if (muted.get() === true) return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = FREQUENCY;
  volume.gain.setValueAtTime(0.2, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + SECONDS);
};

button.hidden = false;
button.addEventListener('click', () => {
  muted.set(muted.get() !== true);
  show();
});
show();
