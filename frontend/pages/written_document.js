/** The identity document held to the camera: taken, read again by its owner, sent. */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { ask } from '../base/http.js';
import { LocalMedia } from '../live/local.js';
import { takeStill } from '../media/still.js';

const SEND_MS = 60_000;
/** @type {import('../types/shown').DocumentPage} */
const page = pageData();
const video = /** @type {HTMLVideoElement|null} */ (document.querySelector('[data-preview]'));

if (video) {
  const media = new LocalMedia();
  const shot = find('[data-shot]', HTMLImageElement);
  const said = find('[data-said]');
  const [take, send, retake, on] = ['take', 'send', 'retake', 'on'].map((name) => find(`[data-${name}]`));
  /** @type {Blob|null} */ let picture = null;

  /** @param {boolean} taken a picture is there to be looked at */
  const draw = (taken) => {
    shot.hidden = !taken;
    video.hidden = taken;
    find('[data-guide]').hidden = taken;
    take.hidden = taken;
    send.hidden = retake.hidden = !taken;
  };
  // The frame takes the shape of the camera's picture: no bars beside it.
  video.addEventListener('resize', () => {
    if (!video.videoHeight) return;
    find('[data-frame]').style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  });
  const open = async () => {
    await media.open();
    video.srcObject = media.stream;
    if (!media.video) write(said, say(`no_camera_${media.why.video || 'missing'}`));
    return media.video;
  };

  take.addEventListener('click', async () => {
    const track = await open();
    if (!track) return;
    try {
      picture = await takeStill(track, page.most_picture_bytes);
      URL.revokeObjectURL(shot.src);
      shot.src = URL.createObjectURL(picture);
      draw(true);
      on.hidden = true;
      write(said, say('still_taken'));
      send.focus();
    } catch {
      write(said, say('still_failed'));
    }
  });
  retake.addEventListener('click', () => {
    draw(false);
    write(said, '');
    take.focus();
  });
  send.addEventListener('click', async () => {
    if (!picture || send.getAttribute('aria-disabled') === 'true') return;
    send.setAttribute('aria-disabled', 'true');
    write(said, say('sending'));
    try {
      await ask(page.document, {
        method: 'POST',
        body: picture,
        headers: { 'Content-Type': picture.type },
        patience: SEND_MS,
        offline: say('offline'),
      });
      write(said, say('still_sent'));
      send.hidden = true;
      on.hidden = false;
      on.className = 'btn btn-primary';
      on.focus();
      media.close();
    } catch (error) {
      write(said, error instanceof Error ? error.message : say('offline'));
    }
    send.removeAttribute('aria-disabled');
  });
  take.removeAttribute('disabled');
  open();
}
