/**
 * How many faces a frame holds; nothing more is asked of it, and nothing is kept. A worker of its
 * own, so that no page ever waits for it.
 *
 * In: `{start: {weights, shapes, plain, simd}, threshold}`, then `{frame: ImageBitmap}`.
 * Out: `{ready: true}`, `{count, ms}`, `{failed: why}`.
 */
import { env, TinyFaceDetector, tf } from '@vladmandic/face-api/dist/face-api.esm.js';

/** Side of the square that the detector looks at. */
const INPUT = 416;

class Nothing {}
// The library looks for a page's elements; pictures come as tensors here, so there are none.
env.setEnv({
  Canvas: Nothing,
  CanvasRenderingContext2D: Nothing,
  Image: Nothing,
  ImageData: Nothing,
  Video: Nothing,
  createCanvasElement: () => new Nothing(),
  createImageElement: () => new Nothing(),
  createVideoElement: () => new Nothing(),
  fetch,
  readFile: () => Promise.reject(new Error('no files')),
});

const detector = new TinyFaceDetector();
let threshold = 0.5;
/** @type {OffscreenCanvasRenderingContext2D|null} */ let context = null;

/** @param {{weights: string, shapes: string, plain: string, simd: string}} files */
async function start(files) {
  tf.setWasmPaths({
    'tfjs-backend-wasm.wasm': files.plain,
    'tfjs-backend-wasm-simd.wasm': files.simd,
    'tfjs-backend-wasm-threaded-simd.wasm': files.simd,
  });
  if (!(await tf.setBackend('wasm'))) throw new Error('no WebAssembly');
  await tf.ready();
  const [shapes, weights] = await Promise.all([
    fetch(files.shapes).then((answer) => answer.json()),
    fetch(files.weights).then((answer) => answer.arrayBuffer()),
  ]);
  const specs = shapes.flatMap((/** @type {{weights: object[]}} */ group) => group.weights);
  detector.loadFromWeightMap(tf.io.decodeWeights(weights, specs));
}

/** @param {ImageBitmap} frame @returns {Promise<number>} */
async function count(frame) {
  const { width, height } = frame;
  if (context?.canvas.width !== width || context.canvas.height !== height) {
    context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  }
  if (!context) throw new Error('no canvas');
  context.drawImage(frame, 0, 0);
  frame.close();
  const { data } = context.getImageData(0, 0, width, height);
  const picture = tf.tidy(() => tf.tensor3d(new Uint8Array(data.buffer), [height, width, 4], 'int32').slice([0, 0, 0], [-1, -1, 3]).toFloat());
  try {
    return (await detector.locateFaces(picture, { inputSize: INPUT, scoreThreshold: threshold })).length;
  } finally {
    picture.dispose();
  }
}

addEventListener('message', async ({ data }) => {
  try {
    if (data.start) {
      threshold = data.threshold;
      await start(data.start);
      postMessage({ ready: true });
      return;
    }
    const began = performance.now();
    const faces = await count(data.frame);
    const ms = performance.now() - began;
    performance.clearMeasures('face-frame');
    performance.measure('face-frame', { start: began, duration: ms });
    postMessage({ count: faces, ms });
  } catch (error) {
    postMessage({ failed: String(error).slice(0, 120) });
  }
});
