/**
 * An oral, as a silent observer of the certifier sees it: they wait for « Commencer », receive both
 * people while it runs, and are out with its end. Nothing is sent; no camera is asked for.
 */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { RequestError } from '../base/http.js';
import { deviceName, OralClient } from '../live/state.js';
import { RoomConnection } from '../media/connection.js';
import { Parts } from '../room/parts.js';

const SLOW_MS = 1500;
const ROLES = /** @type {const} */ (['evaluator', 'candidate']);

/** @type {import('../types/shown').ObservePage} */
const page = pageData();
/** @type {OralClient<import('../types/shown').ObserverState & import('../types/shown').Relay>} */
const client = new OralClient({
  base: page.base,
  state: page.state,
  beat_s: page.beat_s,
  device: await deviceName(),
  offline: say('offline'),
});
const parts = new Parts(client);
const play = find('[data-play]');
/** @type {RoomConnection|null} */ let connection = null;
/** @type {string|null} */ let shown = null;
let since = 0;
/** Why the server does not let this page in now, in its words. */
let refusal = '';

/** @param {string} role */
const frame = (role) => find(`[data-person="${role}"]`);
/** @param {string} role */
const video = (role) => find('video', HTMLVideoElement, frame(role));

/** @returns {'waiting'|'running'|'over'} */
function wanted() {
  const { state } = client.state;
  if (state === 'ended' || state === 'aborted') return 'over';
  return state === 'running' ? 'running' : 'waiting';
}

/** @param {string} view */
function show(view) {
  if (view === shown) return;
  for (const section of document.querySelectorAll('[data-view]')) {
    if (section instanceof HTMLElement) section.hidden = section.dataset.view !== view;
  }
  if (shown) {
    const title = find(`[data-view="${view}"] h1`);
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  shown = view;
  if (view === 'running') connect();
  if (view !== 'over') return;
  hangUp();
  client.stop();
  find('[data-recording]').hidden = true;
  find('[data-aborted]').hidden = client.state.state !== 'aborted';
}

function connect() {
  since = performance.now();
  const made = new RoomConnection({
    iceServers: () => client.state.ice ?? page.ice,
    negotiate,
    remotes: ROLES.length,
    clock: () => client.now(),
  });
  connection = made;
  made.on('state', () => {
    if (made.state !== 'connected') since = performance.now();
    client.stand(made.state === 'reconnecting');
    drawTrouble();
  });
  made.on('stream', ({ role, stream }) => {
    if (!ROLES.some((person) => person === role)) return;
    video(role).srcObject = stream;
    hear();
  });
  made.connect();
}

/**
 * @param {string} sdp
 * @returns {Promise<string>}
 */
async function negotiate(sdp) {
  try {
    const answer = await client.negotiate(sdp);
    refusal = '';
    return answer;
  } catch (error) {
    refusal = error instanceof RequestError ? error.message : '';
    throw error;
  }
}

function hangUp() {
  connection?.close();
  connection = null;
  for (const role of ROLES) video(role).srcObject = null;
}

async function hear() {
  try {
    await Promise.all(ROLES.filter((role) => video(role).srcObject).map((role) => video(role).play()));
    play.hidden = true;
  } catch (error) {
    // Refused until somebody presses something; interrupted by a new stream: nothing to say.
    play.hidden = !(error instanceof DOMException && error.name === 'NotAllowedError');
  }
}

/** Say what is broken; it comes back by itself. */
function drawTrouble() {
  const state = connection?.state ?? 'closed';
  const slow = performance.now() - since > SLOW_MS;
  let words = '';
  if (state === 'refused') words = say('refused');
  else if (state === 'connecting') words = refusal || say('connecting');
  else if (state === 'reconnecting' && slow) words = refusal || say('reconnecting');
  else if (!client.linked) words = say('offline');
  write(find('[data-trouble]'), words);
  for (const role of ROLES) {
    const { media_up: up, name } = client.state[role];
    const away = !up && state === 'connected';
    frame(role).toggleAttribute('data-away', away);
    write(find('.vv-observe-away', HTMLElement, frame(role)), away ? say('away', { name }) : '');
  }
}

function draw() {
  show(wanted());
  parts.draw();
  if (shown !== 'running') return;
  connection?.restarted(Date.parse(client.state.media_since ?? ''));
  drawTrouble();
}

play.addEventListener('click', hear);
for (const way of document.querySelectorAll('a[data-leave]')) {
  way.addEventListener('click', async (event) => {
    if (!connection) return;
    event.preventDefault();
    hangUp();
    try {
      await client.act('leave');
    } catch {
      // The media server tells that this page has gone.
    }
    location.assign(/** @type {HTMLAnchorElement} */ (way).href);
  });
}
client.on('state', draw);
client.on('link', (linked) => {
  if (linked) connection?.hurry();
  drawTrouble();
});
setInterval(() => {
  if (shown === 'running') drawTrouble();
}, 500);
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

draw();
if (shown !== 'over') client.start();
