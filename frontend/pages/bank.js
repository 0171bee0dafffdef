/** A bank: how far its release is, without asking for the page again. */
import { keepFresh } from '../live/topic.js';

const topic = document.querySelector('[data-topic]')?.getAttribute('data-topic');
if (topic) keepFresh(topic);
