/**
 * How well a connection carries, from the browser's statistics.
 *
 * @typedef {object} Quality
 * @property {number|null} rttMs round trip to the media server
 * @property {number} lossUp share of our packets that were lost, 0 to 1
 * @property {number} lossDown share of the others' packets that were lost, 0 to 1
 * @property {number} kbpsUp
 * @property {number} kbpsDown
 * @property {number} framesDecoded of the remote video, since the connection stands
 * @property {number} bars 0 (nothing arrives) to 4 (good)
 */

/** Differences between one reading of a connection's statistics and the next. */
export class Marks {
  #at = 0;
  #sent = 0;
  #received = 0;
  #arrived = 0;
  #lost = 0;

  /**
   * @param {RTCStatsReport} report
   * @returns {Quality}
   */
  read(report) {
    const now = { at: performance.now(), ...carried(report), arrived: 0, lost: 0 };
    let rtt = null;
    let lossUp = 0;
    let framesDecoded = 0;
    for (const stat of report.values()) {
      if (stat.type === 'inbound-rtp') {
        now.arrived += stat.packetsReceived ?? 0;
        now.lost += Math.max(0, stat.packetsLost ?? 0);
        framesDecoded += stat.framesDecoded ?? 0;
      } else if (stat.type === 'remote-inbound-rtp') {
        lossUp = Math.max(lossUp, stat.fractionLost ?? 0);
      } else if (stat.type === 'candidate-pair' && stat.nominated) {
        rtt = stat.currentRoundTripTime ?? rtt;
      }
    }
    const seconds = Math.max(0.001, (now.at - this.#at) / 1000);
    const kbps = (/** @type {number} */ more) => Math.max(0, Math.round((more * 8) / 1000 / seconds));
    const arrived = now.arrived - this.#arrived;
    const lost = Math.max(0, now.lost - this.#lost);
    const quality = {
      rttMs: rtt === null ? null : Math.round(rtt * 1000),
      lossUp,
      lossDown: arrived + lost > 0 ? lost / (arrived + lost) : 0,
      kbpsUp: kbps(now.sent - this.#sent),
      kbpsDown: kbps(now.received - this.#received),
      framesDecoded,
      bars: 0,
    };
    quality.bars = bars(quality);
    this.#at = now.at;
    this.#sent = now.sent;
    this.#received = now.received;
    this.#arrived = now.arrived;
    this.#lost = now.lost;
    return quality;
  }
}

/**
 * How many bytes went each way. Firefox counts them by candidate pair alone: by the transport it
 * would look deaf.
 * @param {RTCStatsReport} report
 * @returns {{sent: number, received: number, decrypted: number}} bytes, and packets of media that
 *   could be read
 */
export function carried(report) {
  const by = { transport: { sent: 0, received: 0 }, pair: { sent: 0, received: 0 } };
  let decrypted = 0;
  for (const stat of report.values()) {
    if (stat.type === 'inbound-rtp') decrypted += stat.packetsReceived ?? 0;
    const counted = stat.type === 'transport' ? by.transport : by.pair;
    if (stat.type === 'transport' || (stat.type === 'candidate-pair' && stat.nominated)) {
      counted.sent += stat.bytesSent ?? 0;
      counted.received += stat.bytesReceived ?? 0;
    }
  }
  return { ...(by.transport.received > 0 ? by.transport : by.pair), decrypted };
}

/**
 * The bars of a connection, by the same limits as the server's.
 * @param {Quality} quality
 * @returns {number} 0 to 4
 */
export function bars({ rttMs, lossUp, lossDown, kbpsDown }) {
  const loss = Math.max(lossUp, lossDown);
  const rtt = rttMs ?? 0;
  if (kbpsDown === 0) return 0;
  if (loss > 0.15 || rtt > 800) return 1;
  if (loss > 0.05 || rtt > 400) return 2;
  if (loss > 0.01 || rtt > 200) return 3;
  return 4;
}
