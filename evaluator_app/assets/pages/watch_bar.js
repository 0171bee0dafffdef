/** The strip of a watch that is still open after the test, until it is left. */
import { ask } from '../live/state.js';
import { Watched } from '../written/watched.js';

const HERE_MS = 5000;
const data = JSON.parse(document.getElementById('watch-data')?.textContent ?? '{}');
const watched = new Watched(document, (key) => data.say?.[key] ?? '');

const here = () => ask(data.here, { method: 'POST', json: { page: 'strip' } }).catch(() => {});
here();
setInterval(here, HERE_MS);
watched.open().then(() => watched.start(data, null));
