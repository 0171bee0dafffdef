/** A still at the camera's full resolution: the call's video is too small for a document. */

const PHOTO_MS = 4000;
const MAX_SIDE = 4096;

/**
 * Take a still from a local camera track.
 *
 * Tries the camera's photo mode, then a frame of the track, then a frame by way of a video
 * element. Always encoded again, so that no position or device name travels in it.
 * @param {MediaStreamTrack} track
 * @param {number} mostBytes what the server takes
 * @returns {Promise<Blob>} image/jpeg
 */
export async function takeStill(track, mostBytes) {
  if (track.kind !== 'video' || track.readyState !== 'live') {
    throw new Error('the camera is not running');
  }
  const picture = (await photo(track)) ?? (await frame(track)) ?? (await fromVideo(track));
  try {
    return await encode(picture, mostBytes);
  } finally {
    picture.close();
  }
}

/**
 * @param {MediaStreamTrack} track
 * @returns {Promise<ImageBitmap|null>}
 */
async function photo(track) {
  if (!('ImageCapture' in window)) return null;
  try {
    const capture = new ImageCapture(track);
    const can = await within(capture.getPhotoCapabilities(), PHOTO_MS);
    const settings = can.imageWidth?.max
      ? { imageWidth: can.imageWidth.max, imageHeight: can.imageHeight?.max }
      : {};
    const blob = await within(capture.takePhoto(settings), PHOTO_MS);
    const picture = await createImageBitmap(blob);
    const now = track.getSettings();
    if (picture.width >= (now.width ?? 0) * 0.9) return picture;
    picture.close();
  } catch {
    // many cameras have no photo mode: the track itself is next
  }
  return null;
}

/**
 * @param {MediaStreamTrack} track
 * @returns {Promise<ImageBitmap|null>}
 */
async function frame(track) {
  if (!('ImageCapture' in window)) return null;
  try {
    return await within(new ImageCapture(track).grabFrame(), PHOTO_MS);
  } catch {
    return null;
  }
}

/**
 * @param {MediaStreamTrack} track
 * @returns {Promise<ImageBitmap>}
 */
async function fromVideo(track) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await within(video.play(), PHOTO_MS);
    if (!video.videoWidth) throw new Error('the camera gives no picture');
    return await createImageBitmap(video);
  } finally {
    video.srcObject = null;
  }
}

/**
 * @param {ImageBitmap} picture
 * @param {number} mostBytes
 * @returns {Promise<Blob>}
 */
async function encode(picture, mostBytes) {
  let scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  for (const quality of [0.92, 0.85, 0.75, 0.6, 0.6, 0.6]) {
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob && blob.size <= mostBytes) return blob;
    if (quality === 0.6) scale *= 0.7;
  }
  throw new Error('the picture stays too large');
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @returns {Promise<T>}
 */
function within(promise, milliseconds) {
  return Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error('too slow')), milliseconds)),
  ]);
}
