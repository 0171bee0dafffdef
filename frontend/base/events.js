/** Events whose details have a type: what is told under each name, and how to hear it. */

/**
 * @template {object} Details what each event bears, by its name; `void`: nothing
 */
export class Emitter extends EventTarget {
  /**
   * @template {keyof Details & string} Name
   * @param {Name} name
   * @param {(detail: Details[Name]) => void} hear
   */
  on(name, hear) {
    this.addEventListener(name, (event) => hear(/** @type {CustomEvent<Details[Name]>} */ (event).detail));
  }

  /**
   * @template {keyof Details & string} Name
   * @param {Name} name
   * @param {Details[Name]} [detail]
   */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
