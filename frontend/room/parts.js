/** The three parts and their quiet time, by the server's clock; and whether it is recorded. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { clock } from '../live/clock.js';

export class Parts {
  #client;
  #moves = false;

  /** @param {import('../live/state.js').OralClient} client */
  constructor(client) {
    this.#client = client;
  }

  draw() {
    if (!this.#moves) setInterval(() => this.#move(), 1000);
    this.#moves = true;
    const { recording, parts } = this.#client.state;
    const place = find('[data-recording]');
    const on = recording.state === 'running';
    place.toggleAttribute('data-on', on);
    write(find('[data-recording-words]'), say(on ? 'recording' : 'not_recording'));
    for (const part of parts) {
      const item = find(`[data-part="${part.part}"]`);
      item.toggleAttribute('data-now', part.running);
      item.toggleAttribute('data-done', Boolean(part.ended_at));
      if (part.running) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
    this.#move();
  }

  #move() {
    for (const part of this.#client.state.parts) {
      const item = find(`[data-part="${part.part}"]`);
      const elapsed = this.#client.elapsed(part);
      const bar = find('progress', HTMLProgressElement, item);
      bar.value = part.ended_at ? 1 : Math.min(1, elapsed / part.soft_s);
      const values = { elapsed: clock(elapsed), limit: clock(part.soft_s) };
      const words = part.paused ? say('paused') : say('part_time', values);
      write(find('[data-time]', HTMLElement, item), part.running ? words : '');
    }
  }
}
