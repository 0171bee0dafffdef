/**
 * One person's files on the recording's timeline: the one that is due is shown and kept in step,
 * the next one is fetched before it is due.
 */

/** Apart by less: nothing is done, nobody sees it. */
const NEAR = 0.03;
/** Apart by more: leap. Between the two, play a little faster or slower. */
const FAR = 0.3;
const FETCH_AHEAD = 8;

/**
 * @typedef {import('../types/shown').SegmentFile} Segment
 * @typedef {import('../types/shown').Gap} Gap
 */

/**
 * @param {Segment[]} segments
 * @param {number} position
 * @returns {number} the segment that is due, the latest begun if two overlap; -1 if none
 */
export function due(segments, position) {
  let latest = -1;
  segments.forEach((segment, index) => {
    if (segment.offset_s <= position && position < segment.offset_s + segment.duration_s) {
      if (latest < 0 || segment.offset_s >= segments[latest].offset_s) latest = index;
    }
  });
  return latest;
}

export class Track {
  /** @type {Map<number, HTMLVideoElement>} */ #videos = new Map();
  #current = -1;
  #volume = 1;

  /**
   * @param {HTMLElement} place where the pictures go; its class says what is shown
   * @param {Segment[]} segments of one role
   * @param {(segment: Segment) => string} address
   * @param {{label: string, failed: (error: MediaError|null) => void}} options
   */
  constructor(place, segments, address, options) {
    this.place = place;
    this.segments = [...segments].sort((a, b) => a.offset_s - b.offset_s);
    this.address = address;
    this.options = options;
  }

  /** @returns {HTMLVideoElement|null} what plays or waits now */
  get video() {
    return this.#videos.get(this.#current) ?? null;
  }

  /** @returns {boolean} whether there is something to wait for before time may go on */
  get late() {
    const video = this.video;
    if (!video || video.ended || video.error) return false;
    return video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  /** @returns {number|null} the position that this track itself stands at, if it may tell time */
  get position() {
    const video = this.video;
    if (!video || video.paused || video.ended || this.late) return null;
    return this.segments[this.#current].offset_s + video.currentTime;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.#volume = muted ? 0 : 1;
    for (const video of this.#videos.values()) video.volume = this.#volume;
  }

  /**
   * Show what is due at `position`, and keep it in step.
   *
   * @param {number} position seconds of the recording
   * @param {{playing: boolean, rate: number, leads: boolean}} how `leads`: the others follow this
   *   one, so that it is not bent to them
   */
  follow(position, { playing, rate, leads }) {
    const index = due(this.segments, position);
    if (index !== this.#current) this.#turnTo(index);
    this.#fetchAhead(position);
    const video = this.video;
    if (!video) return;
    const wanted = position - this.segments[index].offset_s;
    const apart = video.currentTime - wanted;
    if (!leads && !video.seeking && !video.ended) {
      if (Math.abs(apart) > FAR || (!playing && Math.abs(apart) > NEAR)) video.currentTime = wanted;
    }
    const bend = leads || Math.abs(apart) < NEAR ? 0 : Math.max(-0.08, Math.min(0.08, apart));
    video.playbackRate = rate * (1 - bend);
    if (playing && video.paused && !video.ended) {
      video.play().catch((error) => {
        if (error.name === 'NotAllowedError') this.options.failed(null);
      });
    } else if (!playing && !video.paused) video.pause();
  }

  /** @param {number} position */
  seek(position) {
    const index = due(this.segments, position);
    if (index !== this.#current) this.#turnTo(index);
    this.#fetchAhead(position);
    if (this.video) this.video.currentTime = position - this.segments[index].offset_s;
  }

  /** @param {number} index */
  #turnTo(index) {
    const former = this.video;
    if (former) {
      former.pause();
      former.hidden = true;
    }
    this.#current = index;
    if (index >= 0) {
      const video = this.#load(index);
      video.hidden = false;
      video.preload = 'auto';
    }
    const shown = index < 0 ? null : this.segments[index];
    this.place.classList.toggle('is-absent', !shown);
    this.place.classList.toggle('is-sound-only', Boolean(shown && !shown.width));
  }

  /** @param {number} position */
  #fetchAhead(position) {
    const next = this.segments.findIndex(
      ({ offset_s: start }) => start > position && start < position + FETCH_AHEAD,
    );
    if (next >= 0) this.#load(next).preload = 'auto';
    this.#free(next);
  }

  /**
   * Let go of the files that are neither shown nor next: each holds a decoder and its data.
   * @param {number} next
   */
  #free(next) {
    for (const [index, video] of this.#videos) {
      if (index === this.#current || index === next) continue;
      video.removeAttribute('src');
      video.load();
      video.remove();
      this.#videos.delete(index);
    }
  }

  /** @param {number} index @returns {HTMLVideoElement} */
  #load(index) {
    const known = this.#videos.get(index);
    if (known) return known;
    const video = document.createElement('video');
    video.preload = 'metadata';
    video.playsInline = true;
    video.hidden = true;
    video.disablePictureInPicture = true;
    video.volume = this.#volume;
    video.setAttribute('aria-label', this.options.label);
    video.addEventListener('error', () => video.isConnected && this.options.failed(video.error));
    video.src = this.address(this.segments[index]);
    this.#videos.set(index, video);
    this.place.append(video);
    return video;
  }
}
