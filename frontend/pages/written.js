/** The page of the written test: begins, shows one question at a time, sends what is answered. */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { ask } from '../base/http.js';
import { Draft } from '../written/draft.js';
import { chooseByKey, isEmpty, readAnswer, wireQuestion } from '../written/question.js';
import { Ring } from '../written/ring.js';
import { Sitting } from '../written/sitting.js';
import { Watched } from '../written/watched.js';

/** A second click of a double click must not answer the next question. */
const FRESH_MS = 500;
/** @type {import('../types/shown').TestPage} */
const page = pageData();

const sitting = new Sitting(page);
const watched = new Watched(document, say);
const ring = new Ring(document, {
  words: (seconds) => say('seconds_left', { seconds }),
  onOver: () => send(true),
});
const form = find('[data-form]', HTMLFormElement);
const draft = new Draft(form, page.key);
const submit = find('[data-submit]', HTMLButtonElement);
const said = find('[data-said]');
const trouble = find('#trouble', HTMLDialogElement);
const help = find('#help', HTMLDialogElement);
const leaving = find('#leaving', HTMLDialogElement);
const timeOver = find('[data-place="over"]');
const full = find('[data-full]', HTMLButtonElement);

let shownAt = 0;
let warned = false;
let sending = false;
let timeRanOut = false;
let lostLeft = 0;
/** The time of a question ended behind help: the next one waits for « Continuer ». */
let isOver = false;
/** @type {ReturnType<typeof setTimeout>|undefined} */ let standing;
sitting.runs = () => watched.runs();

/** @param {string} place which part of the page is shown: start, aside, question */
function show(place) {
  for (const part of document.querySelectorAll('main [data-place]')) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.place !== place;
  }
  for (const part of document.querySelectorAll('[data-when]')) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.when !== place;
  }
}

// -- the question ---------------------------------------------------------------------------

sitting.on('scene', (scene) => {
  if (scene.state !== 'running') {
    finish(scene.state);
    return;
  }
  if (scene.watch) {
    watched.start(scene.watch, document.documentElement);
  }
  lostLeft = scene.lost_left;
  drawSwaps(scene.swaps_left);
  if (scene.html !== undefined) draw(scene.html, scene.number ?? 0);
  const { left, seconds } = scene;
  clearTimeout(standing);
  if (left === undefined || seconds === undefined) {
    ring.stop();
    show('over');
    if (!isHelpOpen()) find('#over-title').focus();
    return;
  }
  ring.set(left, seconds, scene.html !== undefined);
  drawLeft(scene);
  if (!sitting.paused || scene.lost_left <= 0) return;
  ring.hold(left);
  standing = setTimeout(() => ring.set(left, seconds, false), scene.lost_left * 1000);
});

// -- help: while it is open the time stands, and no question begins ------------------------------

const isHelpOpen = () => [trouble, help, leaving].some((dialog) => dialog.open);

function drawPause() {
  const paused = isOver || isHelpOpen();
  find('[data-place="question"]').toggleAttribute('data-paused', paused);
  sitting.pause(paused);
  if (!isHelpOpen() && !timeOver.hidden) find('#over-title').focus();
}
for (const dialog of [trouble, help, leaving]) {
  new MutationObserver(drawPause).observe(dialog, { attributeFilter: ['open'] });
}
find('[data-go-on]').addEventListener('click', () => {
  isOver = false;
  drawPause();
});

/**
 * @param {string} html
 * @param {number} number of the question
 */
function draw(html, number) {
  const place = find('[data-question-place]');
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  place.replaceChildren(...parsed.body.childNodes);
  wireQuestion(place);
  draft.restore(sitting.ticket);
  write(find('[data-number]'), say('number', { number }));
  show('question');
  if (trouble.open) trouble.close();
  warned = false;
  sending = false;
  isOver = false;
  shownAt = performance.now();
  submit.removeAttribute('aria-disabled');
  write(said, timeRanOut ? say('time_over') : '');
  timeRanOut = false;
  scrollTo(0, 0);
  if (!help.open) find('[data-number]').focus({ preventScroll: true });
}

/**
 * Say how much of the test is left: questions, of which it may need fewer, and minutes at the most.
 * @param {import('../types/shown').TestScene} scene
 */
function drawLeft({ least_left = 0, most_left = 0, minutes_left = 0 }) {
  if (!most_left) return;
  const words = least_left > 1 ? 'left_between' : 'left_at_most';
  write(find('[data-left]'), say(words, { least: least_left, most: most_left, minutes: minutes_left }));
}

/** @param {number} count */
function drawSwaps(count) {
  const words = count > 1 ? 'swaps_left' : count === 1 ? 'swap_last' : 'swaps_none';
  write(find('[data-swaps]'), say(words, { count }));
  find('[data-swap]').toggleAttribute('disabled', count === 0);
}

/** @param {boolean} late the time is over: what is there goes, whatever it is */
async function send(late = false) {
  if (sending || !sitting.ticket) return;
  const answer = readAnswer(form);
  timeRanOut = late;
  isOver = late && isHelpOpen();
  if (!late && isEmpty(answer) && !warned) {
    warned = true;
    write(said, say('empty'));
    return;
  }
  sending = true;
  submit.setAttribute('aria-disabled', 'true');
  write(said, say(late ? 'time_over_now' : 'sending'));
  try {
    await sitting.answer(answer);
  } catch {
    sending = false;
    isOver = false;
    drawPause();
    submit.removeAttribute('aria-disabled');
  }
}

submit.addEventListener('click', (event) => {
  if (event.detail > 1 && performance.now() - shownAt < FRESH_MS) return;
  send();
});
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', () => warned && write(said, ''));
for (const kind of ['input', 'change']) {
  form.addEventListener(kind, () => sitting.ticket && draft.keep(sitting.ticket));
}
form.addEventListener('keydown', (event) => {
  // Enter fills no gap: it never sends from a field.
  const field = event.target instanceof HTMLInputElement;
  if (event.key === 'Enter' && field) event.preventDefault();
});
document.addEventListener('keydown', (event) => chooseByKey(event, form));

// -- what the server says ---------------------------------------------------------------------

sitting.on('refused', (words) => {
  const place = trouble.open ? '[data-trouble-said]' : leaving.open ? '[data-leaving-said]' : '[data-said]';
  write(find(place), words);
});
sitting.on('gone', () => {
  ring.hold();
  write(said, say('session'));
  banner(say('session'), '');
});
sitting.on('aside', async () => {
  ring.stop();
  show('aside');
  find('#aside-title').focus();
  await watched.stop();
});

const lost = find('[data-lost]');

/** @param {string} title @param {string} next */
function banner(title, next) {
  lost.hidden = false;
  write(find('[data-lost-title]'), title);
  write(find('[data-lost-next]'), next);
}

/** @type {ReturnType<typeof setInterval>|undefined} */ let counting;
sitting.on('lost', (isLost) => {
  clearInterval(counting);
  if (!isLost) {
    lost.hidden = true;
    return;
  }
  const before = ring.left + (performance.now() - sitting.heardAt) / 1000;
  const count = () => {
    const seconds = Math.floor((performance.now() - sitting.heardAt) / 1000);
    const stopped = seconds >= page.quiet_s && lostLeft > seconds;
    if (stopped) ring.hold(before);
    const next = stopped ? 'lost_stopped' : lostLeft <= seconds ? 'lost_running' : 'lost_short';
    banner(say('lost', { seconds }), say(next));
  };
  count();
  counting = setInterval(count, 1000);
});

// -- begin, take over, swap, leave, help -------------------------------------------------------

/**
 * @param {boolean} asked by a button: the camera must be there, full screen may be asked for
 * @param {boolean} [over] take over from the page that is watched
 */
async function begin(asked, over = false) {
  const start = find(over ? '[data-take-over]' : '[data-start]');
  const words = find(over ? '[data-aside-said]' : '[data-start-said]');
  start.setAttribute('aria-disabled', 'true');
  write(words, say('starting'));
  const why = await watched.open();
  if (why && asked) {
    start.removeAttribute('aria-disabled');
    write(words, say(`no_camera_${why}`));
    return;
  }
  if (asked) await fullScreen();
  const room = document.querySelector('[data-room]');
  const note = room instanceof HTMLTextAreaElement ? room.value : '';
  try {
    const scene = await sitting.begin({ room_note: note, watch: {}, take_over: over });
    start.removeAttribute('aria-disabled');
    if (scene) write(words, '');
  } catch (error) {
    start.removeAttribute('aria-disabled');
    const message = error instanceof Error ? error.message : '';
    show(over ? 'aside' : 'start');
    write(words, message || say('offline'));
  }
}

async function fullScreen() {
  await document.documentElement.requestFullscreen?.().catch(() => {});
}
const drawFull = () => {
  full.hidden = !document.fullscreenEnabled || document.fullscreenElement !== null;
};
document.addEventListener('fullscreenchange', drawFull);
drawFull();
full.addEventListener('click', fullScreen);

find('[data-start]').addEventListener('click', (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  if (button.getAttribute('aria-disabled') !== 'true') begin(true);
});
find('[data-take-over]').addEventListener('click', (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  if (button.getAttribute('aria-disabled') !== 'true') begin(true, true);
});
find('[data-swap]').addEventListener('click', () => {
  write(find('[data-trouble-said]'), '');
  if (sending) return;
  sitting.swap().then(
    () => write(said, say('swapped')),
    () => {},
  );
});
find('[data-leave]').addEventListener('click', () => {
  trouble.close();
  write(find('[data-leaving-said]'), '');
  leaving.showModal();
});
find('[data-leave-now]').addEventListener('click', () => {
  sitting.leave().catch(() => {});
});
find('[data-help]').addEventListener('click', () => {
  trouble.close();
  help.showModal();
});

/** @param {string} state */
async function finish(state) {
  ring.stop();
  clearInterval(counting);
  if (state === 'ended') draft.forget();
  await watched.stop();
  location.assign(state === 'ended' ? page.end : page.home);
}

const message = find('[data-help-form]', HTMLFormElement);
message.addEventListener('submit', async (event) => {
  event.preventDefault();
  const told = find('[data-help-said]');
  const words = String(new FormData(message).get('words') ?? '');
  try {
    /** @type {import('../types/posted').HelpWanted} */
    const json = { words };
    await ask(page.help, { method: 'POST', json, offline: say('offline') });
    message.reset();
    write(told, say('help_sent'));
  } catch (error) {
    write(told, error instanceof Error ? error.message : say('offline'));
  }
});

find('[data-start]').removeAttribute('disabled');
if (page.running) begin(false);
else watched.open();
