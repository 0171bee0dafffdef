/** What `proctor/faces.worker.js` uses of the library, whose own declarations ask for a page. */
declare module '@vladmandic/face-api/dist/face-api.esm.js' {
  interface Tensor {
    slice(begin: number[], size: number[]): Tensor;
    toFloat(): Tensor;
    dispose(): void;
  }
  export const env: { setEnv(parts: Record<string, unknown>): void };
  export const tf: {
    setWasmPaths(files: Record<string, string>): void;
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    tidy<T>(work: () => T): T;
    tensor3d(values: Uint8Array, shape: [number, number, number], type: 'int32'): Tensor;
    io: { decodeWeights(weights: ArrayBuffer, specs: object[]): Record<string, Tensor> };
  };
  export class TinyFaceDetector {
    loadFromWeightMap(weights: Record<string, Tensor>): void;
    locateFaces(picture: Tensor, options: { inputSize: number; scoreThreshold: number }): Promise<object[]>;
  }
}
