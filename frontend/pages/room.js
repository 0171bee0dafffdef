/**
 * An oral, as its candidate lives it: preparing, waiting, the room, the end; one page, so that the
 * camera and the connection go on from one view to the next.
 */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { makeOffer, OtherGear, ownGear } from '../live/gear.js';
import { LocalMedia } from '../live/local.js';
import { drawObserved } from '../live/observed.js';
import { deviceName, OralClient } from '../live/state.js';
import { Call } from '../room/call.js';
import { Chat } from '../room/chat.js';
import { showCard } from '../room/card.js';
import { DeviceMenu } from '../room/device_menu.js';
import { EquipmentTest } from '../room/equipment.js';
import { Identity } from '../room/identity.js';
import { Parts } from '../room/parts.js';
import { wireProblem } from '../room/problem.js';
import { Waiting } from '../room/waiting.js';

/** @type {import('../types/shown').OralPage} */
const page = pageData();
/** @type {import('../room/client.js').CandidateClient} */
const client = new OralClient({
  base: page.base,
  state: page.state,
  beat_s: page.beat_s,
  device: await deviceName(),
  offline: say('offline'),
});
const local = new LocalMedia();
const call = new Call(client, local, page.ice);
const chat = new Chat(client);
const identity = new Identity(client, local, page.most_picture_bytes);
const parts = new Parts(client);
const waiting = new Waiting(client, local);
new DeviceMenu(local);
wireProblem(client);

/** @typedef {'prepare'|'waiting'|'room'|'elsewhere'|'ended'|'aborted'} View */

const room = find('[data-view="room"]');
/** @type {View|null} */
let shown = null;
let entering = false;

/** @returns {View} what the state asks this page to be */
function wanted() {
  const { state, candidate } = client.state;
  if (state === 'ended' || state === 'aborted') return state;
  const admitted = state === 'identity' || state === 'ready' || state === 'running';
  if (!admitted && !candidate.waiting_since) return 'prepare';
  if (client.aside) return 'elsewhere';
  return admitted ? 'room' : 'waiting';
}

/**
 * Nothing here is waited for: a camera that opens late would decide for a view long gone.
 * @param {View} view
 */
function show(view) {
  if (view === shown) return;
  const before = shown;
  shown = view;
  for (const section of document.querySelectorAll('[data-view]')) {
    if (section instanceof HTMLElement) section.hidden = section.dataset.view !== view;
  }
  document.body.classList.toggle('vv-body--stage', view === 'room');
  for (const frame of document.querySelectorAll('[data-frame]')) {
    if (frame instanceof HTMLElement) frame.hidden = (frame.dataset.frame === 'room') !== (view === 'room');
  }
  if (before) focusOn(view);
  if (view !== 'prepare') local.adopt(test.release());
  client.beats(view === 'waiting' || view === 'room');
  if (view === 'waiting') waiting.show();
  else waiting.hide();
  if (view !== 'room') call.stop();
  if (view === 'elsewhere' || view === 'ended' || view === 'aborted') local.close();
  if (view === 'ended' || view === 'aborted') end(view);
}

/** @param {View} view */
function focusOn(view) {
  const title = document.querySelector(`[data-view="${view}"] h1`);
  if (!(title instanceof HTMLElement)) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** @param {'ended'|'aborted'} view */
function end(view) {
  client.stop();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  if (view !== 'aborted') return;
  for (const words of document.querySelectorAll('[data-ended-by]')) {
    if (words instanceof HTMLElement) {
      words.hidden = words.dataset.endedBy !== (client.state.ended_by ?? 'other');
    }
  }
}

function draw() {
  show(wanted());
  if (shown === 'waiting') waiting.draw();
  if (shown !== 'room') return;
  const { state, evaluator } = client.state;
  room.dataset.scene = state === 'identity' ? 'identity' : 'meeting';
  parts.draw();
  call.draw(evaluator);
  identity.draw();
  drawObserved(client.state);
  chat.draw();
  showCard(client.state.card);
  find('[data-side]').hidden = !client.state.card && !chat.open;
}

// -- preparing ----------------------------------------------------------------------------

const test = new EquipmentTest(find('[data-kit]'), page);
const enter = find('[data-enter]', HTMLButtonElement);
const why = find('[data-why]');
let tested = page.tested;

/** @returns {HTMLInputElement[]} */
const ticks = () => [...document.querySelectorAll('input')].filter((input) => 'tick' in input.dataset);

function judge() {
  const read = ticks().every((tick) => tick.checked);
  find('[data-step="read"]').toggleAttribute('data-done', read);
  find('[data-step="kit"]').toggleAttribute('data-done', tested);
  enter.disabled = !read || !tested || entering;
  if (entering) return;
  if (!read) write(why, say('read_first'));
  else write(why, say(tested ? 'can_enter' : 'test_first'));
}

for (const tick of ticks()) tick.addEventListener('change', judge);
test.on('done', ({ verdict }) => {
  tested = verdict !== 'blocked';
  judge();
});
enter.addEventListener('click', async () => {
  entering = true;
  judge();
  try {
    await client.act('wait', { consents: ['recording', 'rights'] });
  } catch (error) {
    write(why, error instanceof Error ? error.message : '');
    why.dataset.tone = 'person';
  } finally {
    entering = false;
    enter.disabled = false;
  }
  draw();
});

find('[data-take-over]').addEventListener('click', async () => {
  try {
    await client.act('claim', { take_over: true });
  } catch (error) {
    flash(error instanceof Error ? error.message : '');
  }
  draw();
});

// -- living -------------------------------------------------------------------------------

/** @param {string} words */
function flash(words) {
  const place = find('[data-flash]');
  place.hidden = !words;
  write(place, words);
}

const otherGear = new OtherGear();
const drawOffer = makeOffer(local);
/** What happened to this person's camera or microphone, and, in the room, to the evaluator's. */
function drawGear() {
  const here = shown === 'room' || shown === 'waiting';
  if (here) client.report(local.lacks);
  const own = here ? ownGear(local, say) : { words: '', tone: '', several: false };
  const theirs = shown === 'room' ? otherGear.words(client.state.evaluator, say, '') : '';
  const place = find('[data-gear]');
  place.hidden = !own.words && !theirs;
  place.dataset.tone = own.tone === 'good' && theirs ? '' : own.tone;
  write(find('[data-gear-own]'), own.words);
  write(find('[data-gear-other]'), theirs);
  drawOffer(own.several);
}
local.addEventListener('change', drawGear);
client.on('state', drawGear);

client.on('state', draw);
chat.addEventListener('change', draw);
/** That the server is away is worth saying while the call goes on; once it is cut, it says so. */
function drawLink() {
  flash(client.linked || (shown === 'room' && call.cut) ? '' : say('offline'));
}
client.on('link', drawLink);
setInterval(() => {
  if (!client.linked) drawLink();
}, 500);
addEventListener('pagehide', () => {
  if (shown === 'waiting') client.leave();
});
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

judge();
// The page came without knowing which device it is: ask before showing anything of the room.
client.refresh().finally(() => {
  draw();
  if (shown !== 'ended' && shown !== 'aborted') client.start();
});
