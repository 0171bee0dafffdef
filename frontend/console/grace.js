/** Five seconds to think again, before what cannot be taken back. */

const GRACE_S = 5;

/**
 * @param {(left: number) => void} tell at once, then each second
 * @param {() => void} done once nobody stopped it
 * @returns {() => void} stops it
 */
export function grace(tell, done) {
  let left = GRACE_S;
  tell(left);
  const clock = setInterval(() => {
    left -= 1;
    if (left > 0) return tell(left);
    clearInterval(clock);
    done();
  }, 1000);
  return () => clearInterval(clock);
}
