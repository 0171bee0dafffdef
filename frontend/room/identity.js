/** The identity check: where to hold the document, and the still that the evaluator asks for. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { takeStill } from '../media/still.js';

export class Identity {
  #client;
  #local;
  #mostBytes;
  #taking = false;
  #said = '';
  #failed = 0;

  /**
   * @param {import('./client.js').CandidateClient} client
   * @param {import('../live/local.js').LocalMedia} local
   * @param {number} mostBytes of a still
   */
  constructor(client, local, mostBytes) {
    this.#client = client;
    this.#mostBytes = mostBytes;
    this.#local = local;
  }

  draw() {
    const { state, identity } = this.#client.state;
    if (identity.requested && !this.#taking && performance.now() > this.#failed) this.#take();
    if (state === 'identity') {
      this.#say(this.#said || 'show_document', this.#said ? '' : 'show_document_next');
    } else if (state === 'ready') {
      this.#said = '';
      this.#say('identity_done', 'identity_done_next');
    } else {
      this.#say('', '');
    }
  }

  async #take() {
    this.#taking = true;
    try {
      this.#tell('still_now');
      const track = this.#local.video;
      if (!track) throw new Error('no camera');
      // A camera that is stopped sends black: the document needs it for this moment.
      if (this.#local.hidden) {
        this.#local.hide(false);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      const still = await takeStill(track, this.#mostBytes);
      this.#tell('still_sending');
      await this.#client.send('picture', still);
      this.#tell('still_sent');
    } catch {
      this.#failed = performance.now() + 5000;
      this.#tell('still_failed');
    } finally {
      this.#taking = false;
    }
  }

  /** @param {string} key */
  #tell(key) {
    this.#said = key;
    this.draw();
  }

  /**
   * @param {string} title
   * @param {string} next
   */
  #say(title, next) {
    find('[data-say]').hidden = !title;
    write(find('[data-say-title]'), title ? say(title) : '');
    write(find('[data-say-next]'), next ? say(next) : '');
  }
}
