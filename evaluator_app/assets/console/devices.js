/** Another camera, microphone or loudspeaker while the call goes on. */
import { askFor, fill, remember } from '../live/devices.js';
import { dialog, el, find, make, say } from './page.js';
import { t } from './words.js';

/** @typedef {import('../live/devices.js').Kind} Kind */

/** @param {import('../media/connection.js').RoomConnection} room */
export function makeDevices(room) {
  const remote = find('remote', HTMLVideoElement);
  const box = dialog('devices');
  const speaker = find('device-speaker', HTMLSelectElement);
  /** @type {[Kind, HTMLSelectElement][]} */
  const fields = [
    ['video', find('device-camera', HTMLSelectElement)],
    ['audio', find('device-microphone', HTMLSelectElement)],
  ];
  el('device-speaker-field').hidden = !('setSinkId' in remote);

  async function list() {
    for (const [kind, field] of fields) {
      const track = room.localStream?.getTracks().find((one) => one.kind === kind) ?? null;
      await fill(field, kind, track, t('device'));
    }
    const all = await navigator.mediaDevices.enumerateDevices();
    const speakers = all.filter((one) => one.kind === 'audiooutput' && one.deviceId);
    const used = speaker.value;
    speaker.replaceChildren(
      ...speakers.map((one, at) => make('option', { value: one.deviceId }, one.label || `${t('device')} ${at + 1}`)),
    );
    if (used) speaker.value = used;
    speaker.disabled = speakers.length === 0;
  }

  const failed = (/** @type {boolean} */ is) => {
    el('devices-wrong').hidden = !is;
    say(el('devices-wrong'), is ? t('device_failed') : '');
  };

  for (const [kind, field] of fields) {
    field.addEventListener('change', async () => {
      const { track } = await askFor(kind, field.value);
      failed(!track);
      if (!track) return list();
      await room.replaceTrack(track);
      remember(kind, field.value);
      const self = find('self', HTMLVideoElement);
      self.srcObject = room.localStream;
      self.hidden = !room.localStream?.getVideoTracks().length;
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
