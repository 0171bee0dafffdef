/** « Caméra et micro »: other devices, before and during the call. */
import { fill } from '../live/devices.js';
import { find, say, write } from '../live/words.js';

export class DeviceMenu {
  #local;

  /** @param {import('../live/local.js').LocalMedia} local */
  constructor(local) {
    this.#local = local;
    for (const kind of /** @type {const} */ (['video', 'audio'])) {
      const select = /** @type {HTMLSelectElement} */ (find(`[data-device="${kind}"]`));
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
    const video = /** @type {HTMLSelectElement} */ (find('[data-device="video"]'));
    const audio = /** @type {HTMLSelectElement} */ (find('[data-device="audio"]'));
    await fill(video, 'video', this.#local.video, say('camera'));
    await fill(audio, 'audio', this.#local.audio, say('microphone'));
  }
}
