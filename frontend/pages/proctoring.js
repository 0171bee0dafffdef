/** Sessions under watch: lists and timelines that stay fresh, and stills seen large. */
import { keepFresh } from '../live/topic.js';

const topic = document.querySelector('[data-topic]')?.getAttribute('data-topic');
if (topic) keepFresh(topic);

const dialog = /** @type {HTMLDialogElement|null} */ (document.querySelector('dialog[data-looks]'));
const picture = /** @type {HTMLImageElement|null|undefined} */ (dialog?.querySelector('img'));
const caption = dialog?.querySelector('[data-caption]');
let at = 0;

/** @returns {HTMLAnchorElement[]} each still once, in the order of time */
const stills = () => [...document.querySelectorAll('.vv-proctor-stills a[data-look]')].filter((link) => link instanceof HTMLAnchorElement);

/** @param {number} number */
function show(number) {
  const all = stills();
  if (!dialog || !picture || !all.length) return;
  at = (number + all.length) % all.length;
  const still = all[at];
  picture.src = still.href;
  picture.alt = still.getAttribute('aria-label') ?? '';
  if (caption) caption.textContent = still.dataset.look ?? '';
  if (!dialog.open) dialog.showModal();
}

document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest?.('a[data-look], [data-turn]');
  if (!link) return;
  if (link instanceof HTMLElement && link.dataset.turn) {
    show(at + Number(link.dataset.turn));
    return;
  }
  const address = link.getAttribute('href');
  const number = stills().findIndex((still) => still.getAttribute('href') === address);
  if (number < 0) return;
  event.preventDefault();
  show(number);
});
dialog?.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowRight') show(at + 1);
  if (event.key === 'ArrowLeft') show(at - 1);
});
