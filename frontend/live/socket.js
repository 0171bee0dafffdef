/**
 * The live connection: a page hears that something under a topic changed, and asks for it over HTTP.
 */
import { io } from 'socket.io-client';

/**
 * @typedef {import('../types/shown').Changed} Changed
 * @typedef {import('../types/posted').Topic} Topic
 * @typedef {import('socket.io-client').Socket<{changed: (event: Changed) => void}, {watch: (topic: Topic) => void}>} LiveSocket
 */

/**
 * Watch a topic as long as the page lives, through every reconnection.
 * @param {string} topic
 * @param {object} hears
 * @param {() => void} hears.changed
 * @param {() => void} [hears.connected] at first, and again after each cut: what changed meanwhile
 *   was told to nobody here
 * @param {Partial<import('socket.io-client').ManagerOptions>} [options]
 * @returns {LiveSocket}
 */
export function watch(topic, { changed, connected = () => {} }, options) {
  /** @type {LiveSocket} */
  const socket = io({ transports: ['websocket', 'polling'], ...options });
  socket.on('connect', () => {
    socket.emit('watch', { topic });
    connected();
  });
  socket.on('changed', (event) => {
    if (event.topic === topic) changed();
  });
  return socket;
}
