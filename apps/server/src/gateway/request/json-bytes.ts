import { readFileSync } from 'node:fs';

/** Bytes that a scan looks at, in memory that its kernel sees. */
export interface JsonBytes {
  all: Buffer;
  length: number;
  /** The place after the string, object or array that begins at `from`; -1 when it does not end. */
  valueEnd(from: number): number;
}

interface Kernel {
  memory: WebAssembly.Memory;
  valueEnd(from: number, end: number, isString: 0 | 1): number;
}

const QUOTE = 0x22;
const PAGE_BYTES = 64 * 1024;
/** What the kernel reads beyond the end. */
const PADDING = Buffer.alloc(64);

/** Assembled from `json-scan.wat`; a test compares the two. */
const compiled = new WebAssembly.Module(readFileSync(new URL('./json-scan.wasm', import.meta.url)));
const newKernel = () => new WebAssembly.Instance(compiled).exports as unknown as Kernel;

const shared = newKernel();
const sharedBytes = Buffer.from(shared.memory.buffer);

/** Copies bytes to where the kernel sees them, until the next call. */
export function toJsonBytes(pieces: readonly Buffer[]): JsonBytes {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  let kernel = shared;
  let all = sharedBytes;
  if (length + PADDING.length > all.length) {
    // A rare one gets memory of its own, so that it is not kept.
    kernel = newKernel();
    kernel.memory.grow(Math.ceil((length + PADDING.length) / PAGE_BYTES));
    all = Buffer.from(kernel.memory.buffer);
  }
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  all.set(PADDING, length);
  return { all, length, valueEnd: (from) => kernel.valueEnd(from, length, all[from] === QUOTE ? 1 : 0) };
}
