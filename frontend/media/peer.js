/** What is asked of an RTCPeerConnection on its way to a room, and waited for. */

import { carried } from './quality.js';

const MAX_BITRATE = 1_500_000;
const GATHER_MS = 2500;
const CONNECT_MS = 12_000;
/** Another way works within a round trip or two, or not at all. */
const MEND_MS = 2500;

/**
 * Wait until every candidate is known, or long enough.
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
export function gathered(pc) {
  return new Promise((resolve) => {
    if (pc.iceGatheringState === 'complete') return resolve();
    const timer = setTimeout(resolve, GATHER_MS);
    pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Wait until media can flow; throws when it cannot.
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
export function connected(pc) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no connection in time')), CONNECT_MS);
    const look = () => {
      if (pc.connectionState === 'connected') {
        clearTimeout(timer);
        resolve();
      } else if (pc.connectionState === 'failed' || pc.connectionState === 'closed') {
        clearTimeout(timer);
        reject(new Error(`connection ${pc.connectionState}`));
      }
    };
    pc.addEventListener('connectionstatechange', look);
    look();
  });
}

/**
 * Tell whether both ends still hold the keys, whatever became of the way between them.
 * @param {RTCPeerConnection} pc
 */
export function isMendable(pc) {
  return pc.getSenders().some((sender) => sender.transport?.state === 'connected');
}

/** @param {string} sdp */
export const fingerprint = (sdp) => /^a=fingerprint:(.*)$/m.exec(sdp)?.[1].trim();

/**
 * Wait until something arrives; throws when nothing does.
 * @param {RTCPeerConnection} pc
 */
export async function flows(pc) {
  const end = performance.now() + MEND_MS;
  let before = Infinity;
  while (performance.now() < end) {
    const { received } = carried(await pc.getStats());
    if (received > before) return;
    before = received;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no other way works');
}

/**
 * Keep the camera within what the room is made for.
 * @param {RTCPeerConnection} pc
 */
export async function limitBitrate(pc) {
  for (const sender of pc.getSenders()) {
    if (sender.track?.kind !== 'video') continue;
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) continue;
    parameters.encodings[0].maxBitrate = MAX_BITRATE;
    await sender.setParameters(parameters);
  }
}

/**
 * Wait for the first remote picture, but not long: there may be nobody.
 * @param {RTCPeerConnection} pc
 * @param {number} patience milliseconds
 */
export async function firstFrame(pc, patience) {
  const end = performance.now() + patience;
  while (performance.now() < end && pc.connectionState === 'connected') {
    for (const stat of (await pc.getStats()).values()) {
      if (stat.type === 'inbound-rtp' && stat.framesDecoded > 0) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
