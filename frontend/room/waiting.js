/** The waiting room: one's own picture, where the evaluator is, when it begins. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { meter } from '../live/devices.js';

const EARLY_S = 60 * 60;

export class Waiting {
  #client;
  #local;
  #shown = false;
  /** @type {(() => void)|null} */ #stopMeter = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;

  /**
   * @param {import('./client.js').CandidateClient} client
   * @param {import('../live/local.js').LocalMedia} local
   */
  constructor(client, local) {
    this.#client = client;
    this.#local = local;
    local.addEventListener('change', () => this.#mirror());
  }

  async show() {
    this.#shown = true;
    this.#timer ??= setInterval(() => this.draw(), 5000);
    await this.#local.open();
    this.#mirror();
  }

  hide() {
    this.#shown = false;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stopMeter?.();
    this.#stopMeter = null;
    find('[data-self]', HTMLVideoElement).srcObject = null;
  }

  /** Say where the evaluator is and how long it takes, by the server's clock. */
  draw() {
    const { evaluator, appointment } = this.#client.state;
    write(find('[data-status]'), say(`status_${evaluator.status}`));
    write(find('[data-status-next]'), say(`status_${evaluator.status}_next`));
    const left = (Date.parse(appointment.starts_at) - this.#client.now()) / 1000;
    let words = '';
    if (left > EARLY_S) words = say('in_hours', { hour: hour(appointment.starts_at) });
    else if (left > 90) words = say('in_minutes', { minutes: Math.round(left / 60) });
    else if (left > 0) words = say('in_minute');
    write(find('[data-starts]'), words);
  }

  #mirror() {
    if (!this.#shown) return;
    const video = find('[data-self]', HTMLVideoElement);
    if (video.srcObject !== this.#local.stream) video.srcObject = this.#local.stream;
    video.play().catch(() => {});
    this.#stopMeter?.();
    this.#stopMeter = null;
    const bar = find('[data-heard-level] .vv-oral-heard__bar');
    if (!this.#local.audio) return;
    this.#stopMeter = meter(this.#local.audio, (level) => {
      const share = level > 0 ? Math.max(0, 1 + (20 * Math.log10(level)) / 50) : 0;
      bar.style.setProperty('--vv-oral-level', share.toFixed(2));
    });
  }
}

/** @param {string} iso */
function hour(iso) {
  const { lang, dataset } = document.documentElement;
  return new Intl.DateTimeFormat(lang, {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: dataset.zone,
  }).format(new Date(iso));
}
