/** The network part of the equipment test: our own media sent to the media server and back. */

import { connected, gathered, limitBitrate } from './peer.js';
import { carried } from './quality.js';

const SETTLE_MS = 2000;

/**
 * @typedef {'good'|'fair'|'poor'} Verdict
 *
 * @typedef {object} ProbeResult
 * @property {number} rttMs
 * @property {number} lossPercent the worse of both ways
 * @property {number} upKbps what the path to the server carries
 * @property {number} downKbps what came back
 * @property {Verdict} verdict
 *
 * @typedef {object} ProbeOptions
 * @property {(offerSdp: string) => Promise<string>} negotiate
 * @property {MediaStream} stream the camera and microphone under test
 * @property {RTCIceServer[]} [iceServers]
 * @property {number} [seconds]
 * @property {(share: number) => void} [progress] called with 0 to 1
 * @property {AbortSignal} [signal]
 */

/**
 * Measure for about six seconds. Throws when no connection comes about: the network then blocks
 * video altogether.
 * @param {ProbeOptions} options
 * @returns {Promise<ProbeResult>}
 */
export async function probeNetwork(options) {
  const { negotiate, stream, iceServers = [], seconds = 6, progress, signal } = options;
  const pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
  try {
    for (const track of stream.getTracks()) {
      pc.addTransceiver(track, { direction: 'sendrecv', streams: [stream] });
    }
    await pc.setLocalDescription();
    await gathered(pc);
    const answer = await negotiate(pc.localDescription?.sdp ?? '');
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    await limitBitrate(pc);
    await connected(pc);
    return await measure(pc, seconds * 1000, progress, signal);
  } finally {
    pc.close();
  }
}

/**
 * @param {RTCPeerConnection} pc
 * @param {number} lasts milliseconds
 * @param {((share: number) => void)|undefined} progress
 * @param {AbortSignal|undefined} signal
 * @returns {Promise<ProbeResult>}
 */
async function measure(pc, lasts, progress, signal) {
  const started = performance.now();
  /** @type {Reading|null} */
  let first = null;
  let last = read(await pc.getStats());
  /** @type {number[]} */
  const trips = [];
  while (performance.now() - started < lasts) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    signal?.throwIfAborted();
    last = read(await pc.getStats());
    if (last.rtt !== null) trips.push(last.rtt);
    if (!first && performance.now() - started >= SETTLE_MS) first = last;
    progress?.(Math.min(1, (performance.now() - started) / lasts));
  }
  return conclude(first ?? last, last, trips);
}

/**
 * @typedef {object} Reading
 * @property {number} at
 * @property {number} sent
 * @property {number} received
 * @property {number} arrived
 * @property {number} lost
 * @property {number} lossUp
 * @property {number} available
 * @property {number|null} rtt
 */

/**
 * @param {RTCStatsReport} report
 * @returns {Reading}
 */
function read(report) {
  /** @type {Reading} */
  const reading = {
    at: performance.now(),
    ...carried(report),
    arrived: 0,
    lost: 0,
    lossUp: 0,
    available: 0,
    rtt: null,
  };
  for (const stat of report.values()) {
    if (stat.type === 'inbound-rtp') {
      reading.arrived += stat.packetsReceived ?? 0;
      reading.lost += Math.max(0, stat.packetsLost ?? 0);
    } else if (stat.type === 'remote-inbound-rtp') {
      reading.lossUp = Math.max(reading.lossUp, stat.fractionLost ?? 0);
    } else if (stat.type === 'candidate-pair' && stat.nominated) {
      reading.rtt = stat.currentRoundTripTime ?? reading.rtt;
      reading.available = Math.max(reading.available, stat.availableOutgoingBitrate ?? 0);
    }
  }
  return reading;
}

/**
 * @param {Reading} first
 * @param {Reading} last
 * @param {number[]} trips
 * @returns {ProbeResult}
 */
function conclude(first, last, trips) {
  const seconds = Math.max(0.001, (last.at - first.at) / 1000);
  const arrived = last.arrived - first.arrived;
  const lost = Math.max(0, last.lost - first.lost);
  const lossDown = arrived + lost > 0 ? lost / (arrived + lost) : 1;
  const sent = ((last.sent - first.sent) * 8) / 1000 / seconds;
  const result = {
    rttMs: Math.round(1000 * median(trips)),
    lossPercent: Math.round(1000 * Math.max(lossDown, last.lossUp)) / 10,
    upKbps: Math.round(Math.max(sent, last.available / 1000)),
    downKbps: Math.round(((last.received - first.received) * 8) / 1000 / seconds),
  };
  return { ...result, verdict: judge(result) };
}

/**
 * Good carries the interview; fair carries it with a smaller picture; poor breaks up.
 * @param {{rttMs: number, lossPercent: number, upKbps: number, downKbps: number}} figures
 * @returns {Verdict}
 */
export function judge({ rttMs, lossPercent, upKbps, downKbps }) {
  if (rttMs <= 200 && lossPercent <= 2 && upKbps >= 600 && downKbps >= 300) return 'good';
  if (rttMs <= 500 && lossPercent <= 8 && upKbps >= 250 && downKbps >= 150) return 'fair';
  return 'poor';
}

/**
 * @param {number[]} values
 * @returns {number}
 */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
