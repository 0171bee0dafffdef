/**
 * What is chosen of the open question and not sent yet, kept in this browser: a reload shows it
 * again, and so does another tab that takes the test over. It goes with the question.
 */
import { forget, recalled, remember } from '../base/remembered.js';
import { fillAnswer, readAnswer } from './question.js';

export class Draft {
  #form;
  #key;

  /**
   * @param {HTMLFormElement} form
   * @param {string} key of the test
   */
  constructor(form, key) {
    this.#form = form;
    this.#key = `vv-draft-${key}`;
  }

  /** @param {string} ticket of the open question */
  keep(ticket) {
    remember(this.#key, JSON.stringify({ ticket, answer: readAnswer(this.#form) }));
  }

  /** Show what was kept of this question; what was kept of another one goes. @param {string} ticket */
  restore(ticket) {
    try {
      const kept = JSON.parse(recalled(this.#key) ?? 'null');
      if (kept?.ticket === ticket) fillAnswer(this.#form, kept.answer);
      else this.forget();
    } catch {
      this.forget();
    }
  }

  forget() {
    forget(this.#key);
  }
}
