/** Minutes and seconds on a screen. */

/**
 * @param {number} seconds
 * @returns {string} `3:07`
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
