/** Another camera, microphone or loudspeaker while the call goes on. */
import { CONSTRAINTS } from '../media/connection.js';
import { dialog, el, find, make, say } from './page.js';
import { t } from './words.js';

const FIELDS = { videoinput: 'device-camera', audioinput: 'device-microphone', audiooutput: 'device-speaker' };

/** @param {import('../media/connection.js').RoomConnection} room */
export function makeDevices(room) {
  const remote = find('remote', HTMLVideoElement);
  const speaks = 'setSinkId' in remote;
  el('device-speaker-field').hidden = !speaks;

  async function list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    for (const [kind, id] of Object.entries(FIELDS)) {
      const field = find(id, HTMLSelectElement);
      const mine = all.filter((one) => one.kind === kind && one.deviceId);
      field.replaceChildren(...mine.map((one, at) => make('option', { value: one.deviceId }, one.label || t('device', { num: at + 1 }))));
      field.disabled = mine.length === 0;
      const used = room.localStream?.getTracks().find((track) => `${track.kind}input` === kind)?.getSettings().deviceId;
      field.value = used ?? localStorage.getItem(`viva.device.${kind}`) ?? mine[0]?.deviceId ?? '';
    }
  }

  /**
   * @param {string} kind
   * @param {string} id
   */
  async function take(kind, id) {
    el('devices-wrong').hidden = true;
    try {
      if (kind === 'audiooutput') {
        // Not in every type library yet; asked for above.
        await /** @type {any} */ (remote).setSinkId(id);
      } else {
        const sort = kind === 'videoinput' ? 'video' : 'audio';
        const stream = await navigator.mediaDevices.getUserMedia({ [sort]: { ...CONSTRAINTS[sort], deviceId: { exact: id } } });
        await room.replaceTrack(stream.getTracks()[0]);
        const self = find('self', HTMLVideoElement);
        self.srcObject = room.localStream;
        self.hidden = false;
      }
      localStorage.setItem(`viva.device.${kind}`, id);
    } catch {
      el('devices-wrong').hidden = false;
      say(el('devices-wrong'), t('device_failed'));
    }
  }

  for (const [kind, id] of Object.entries(FIELDS)) {
    const field = find(id, HTMLSelectElement);
    field.addEventListener('change', () => take(kind, field.value));
  }
  new MutationObserver(() => {
    if (dialog('devices').open) list();
  }).observe(dialog('devices'), { attributes: true, attributeFilter: ['open'] });
  navigator.mediaDevices.addEventListener('devicechange', () => {
    if (dialog('devices').open) list();
  });
}
