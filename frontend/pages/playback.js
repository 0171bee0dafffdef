/**
 * Every recording on the page plays. Notes stand in the page as `[data-playback-note]` elements
 * (second, label); a click on one jumps there. Scripts of the page find the player by the event
 * `playback-ready` on its element (`detail.player`).
 */
import { RecordingPlayer } from '../playback/player.js';

for (const element of document.querySelectorAll('[data-playback]')) {
  const root = /** @type {HTMLElement} */ (element);
  const notes = () =>
    [...document.querySelectorAll('[data-playback-note]')].map((note) => {
      const { second, label } = /** @type {HTMLElement} */ (note).dataset;
      return { second: Number(second), label: label ?? '' };
    });
  RecordingPlayer.open(root, root.dataset.playback ?? '', { notes: notes() }).then((player) => {
    document.addEventListener('click', (event) => {
      const note = event.target instanceof Element && event.target.closest('[data-playback-note]');
      if (note instanceof HTMLElement) player.seek(Number(note.dataset.second));
    });
    root.dispatchEvent(new CustomEvent('playback-ready', { bubbles: true, detail: { player } }));
  });
}
