/** « Caméra et micro »: other devices, before and during the call. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { fill } from '../live/devices.js';

export class DeviceMenu {
  #local;

  /** @param {import('../live/local.js').LocalMedia} local */
  constructor(local) {
    this.#local = local;
    for (const kind of /** @type {const} */ (['video', 'audio'])) {
      const select = find(`[data-device="${kind}"]`, HTMLSelectElement);
      select.addEventListener('change', async () => {
        const opened = await local.choose(kind, select.value);
        write(find('[data-device-words]'), opened ? '' : say('no_camera'));
        await this.#fill();
      });
    }
    local.addEventListener('change', () => this.#fill());
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#fill());
  }

  async #fill() {
    const video = find('[data-device="video"]', HTMLSelectElement);
    const audio = find('[data-device="audio"]', HTMLSelectElement);
    await fill(video, 'video', this.#local.video, say('camera'));
    await fill(audio, 'audio', this.#local.audio, say('microphone'));
  }
}
