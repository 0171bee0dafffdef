/**
 * What a coordinator hears before validating: the recording loads once somebody opens it. Each
 * `[data-playback-note]` of the page (second, label, title) is a pin of it, and plays from there.
 */
import { find } from '../base/dom.js';
import { ask } from '../base/http.js';

const details = document.querySelector('[data-evidence]');
if (details instanceof HTMLDetailsElement) begin(details);

/** @param {HTMLDetailsElement} place */
function begin(place) {
  /** @type {Promise<import('../playback/player.js').RecordingPlayer|null>|null} */ let loading = null;
  const open = () => (loading ??= load(find('[data-playback]', HTMLElement, place)));

  place.addEventListener('toggle', () => {
    if (place.open) open();
  });
  document.addEventListener('click', async (event) => {
    const pin = event.target instanceof Element && event.target.closest('[data-playback-note]');
    if (!(pin instanceof HTMLElement)) return;
    place.open = true;
    place.scrollIntoView({ block: 'nearest' });
    const player = await open();
    player?.seek(Number(pin.dataset.second));
    player?.play();
  });
}

/**
 * @param {HTMLElement} root
 * @returns {Promise<import('../playback/player.js').RecordingPlayer|null>} null: it cannot be heard
 */
async function load(root) {
  const failed = () => {
    find('[data-playback-failure]', HTMLElement, root).hidden = false;
    return null;
  };
  try {
    /** @type {import('../types/shown').RecordingsShown} */
    const { recordings, talk } = await ask(root.dataset.playback ?? '');
    // Only now: the player is large, and most visits of this page play nothing.
    const [{ RecordingPlayer }, { whole }] = await Promise.all([import('../playback/player.js'), import('../playback/timeline.js')]);
    const recorded = whole(recordings);
    if (!recorded) return failed();
    const keys = recorded.manifest.segments.map(({ key }) => key);
    return RecordingPlayer.show(root, recorded.manifest, {
      address: (segment) => recorded.files[keys.indexOf(segment.key)],
      notes: pins(),
      talk,
    });
  } catch {
    return failed();
  }
}

/** @returns {import('../playback/waveform.js').Note[]} */
function pins() {
  return [...document.querySelectorAll('[data-playback-note]')].map((pin) => {
    const { second, label, title } = /** @type {HTMLElement} */ (pin).dataset;
    return { second: Number(second), label: label ?? '', title };
  });
}
