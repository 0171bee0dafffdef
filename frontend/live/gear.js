/** What is said when a microphone or a camera vanishes in the middle: one's own, and the other's. */
import { find } from '../base/dom.js';
import { KINDS } from './local.js';

/** @typedef {import('./devices.js').Kind} Kind */

/** Reasons that have words of their own. */
const WHY = ['denied', 'busy'];

/**
 * @param {import('./local.js').LocalMedia} local
 * @param {(key: string, values?: Record<string, string>) => string} say
 * @returns {{words: string, tone: 'person'|'good'|'', several: boolean}} of one's own two
 */
export function ownGear(local, say) {
  const gone = KINDS.filter((kind) => local.gear[kind].state === 'gone');
  const silenced = KINDS.filter((kind) => local.gear[kind].state !== 'gone' && local.silenced(kind));
  const back = KINDS.filter((kind) => local.gear[kind].state === 'back');
  const lines = [
    ...gone.map((kind) => say(`gear_${WHY.includes(local.why[kind]) ? local.why[kind] : 'gone'}_${kind}`)),
    ...silenced.map((kind) => say(`gear_silenced_${kind}`)),
    ...back.map((kind) => say(`gear_back_${kind}`, { name: local.gear[kind].label })),
  ];
  return {
    words: lines.join(' '),
    tone: gone.length + silenced.length > 0 ? 'person' : back.length > 0 ? 'good' : '',
    several: back.some((kind) => local.gear[kind].several),
  };
}

/**
 * The offer to choose another device, which stands until it is dealt with.
 * @param {import('./local.js').LocalMedia} local
 * @returns {(several: boolean) => void} draws it
 */
export function makeOffer(local) {
  const place = find('[data-gear-offer]');
  for (const button of place.querySelectorAll('button')) button.addEventListener('click', () => local.settle());
  return (several) => {
    place.hidden = !several;
  };
}

/** What the other side lacks, and for a while that it works again. */
export class OtherGear {
  /** @type {Set<Kind>} */ #lacked = new Set();
  /** @type {Map<Kind, number>} */ #back = new Map();

  /**
   * @param {{lacks: Kind[], media_up: boolean}} person
   * @param {(key: string, values?: Record<string, string>) => string} say
   * @param {string} who
   * @returns {string} "" when all is well; while their whole connection is away, that is said elsewhere
   */
  words(person, say, who) {
    if (!person.media_up) return '';
    const now = performance.now();
    for (const kind of KINDS) {
      if (person.lacks.includes(kind)) this.#lacked.add(kind);
      else if (this.#lacked.delete(kind)) this.#back.set(kind, now + SAID_MS);
    }
    return KINDS.map((kind) => {
      if (this.#lacked.has(kind)) return say(`other_gone_${kind}`, { who });
      return (this.#back.get(kind) ?? 0) > now ? say(`other_back_${kind}`, { who }) : '';
    })
      .filter(Boolean)
      .join(' ');
  }
}

const SAID_MS = 10_000;
