/** Another camera, microphone or loudspeaker while the call goes on. */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { fill } from '../live/devices.js';

/** @typedef {import('../live/devices.js').Kind} Kind */

/** @param {import('../live/local.js').LocalMedia} local */
export function makeDevices(local) {
  const remote = find('#remote', HTMLVideoElement);
  const box = find('#devices', HTMLDialogElement);
  const speaker = find('#device-speaker', HTMLSelectElement);
  /** @type {[Kind, HTMLSelectElement][]} */
  const fields = [
    ['video', find('#device-camera', HTMLSelectElement)],
    ['audio', find('#device-microphone', HTMLSelectElement)],
  ];
  find('#device-speaker-field').hidden = !('setSinkId' in remote);

  async function list() {
    for (const [kind, field] of fields) {
      await fill(field, kind, local[kind], say('device'));
    }
    const all = await navigator.mediaDevices.enumerateDevices();
    const speakers = all.filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId);
    const used = speaker.value;
    speaker.replaceChildren(
      ...speakers.map(({ deviceId, label }, at) => make('option', { value: deviceId }, label || `${say('device')} ${at + 1}`)),
    );
    if (used) speaker.value = used;
    speaker.disabled = speakers.length === 0;
  }

  const failed = (/** @type {boolean} */ is) => {
    find('#devices-wrong').hidden = !is;
    write(find('#devices-wrong'), is ? say('device_failed') : '');
  };

  for (const [kind, field] of fields) {
    field.addEventListener('change', async () => {
      const opened = await local.choose(kind, field.value);
      failed(!opened);
      if (!opened) list();
    });
  }
  speaker.addEventListener('change', async () => {
    try {
      // Not in every type library yet; whether the browser has it was asked above.
      await /** @type {any} */ (remote).setSinkId(speaker.value);
      failed(false);
    } catch {
      failed(true);
    }
  });
  new MutationObserver(() => {
    if (box.open) list();
  }).observe(box, { attributes: true, attributeFilter: ['open'] });
  navigator.mediaDevices?.addEventListener('devicechange', () => {
    if (box.open) list();
  });
}
