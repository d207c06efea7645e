import { createNeedles, type Needles } from './needles.ts';
import { printedForms } from './printed-forms.ts';

const MASK = Buffer.from('•••');

/** Takes values out of a stream of output, also where one is cut in two by the borders of chunks. */
export interface Mask {
  /** What may be shown by now; a beginning of a value is kept back until it is known what follows. */
  push(chunk: Buffer): Buffer;
  /** What was kept back at the end. */
  end(): Buffer;
}

/** Bytes that belong to a value, from and up to; in order and apart from each other. */
type Hidden = { from: number; to: number }[];

/** The values, ready to be looked for in several streams; null when there is nothing to take out. */
export function createMasks(values: readonly string[]): (() => Mask) | null {
  const forms = printedForms(values);
  if (forms.length === 0) return null;
  const needles = createNeedles(forms);
  return () => createMask(needles);
}

function createMask(needles: Needles): Mask {
  let state = 0;
  let kept: Buffer = Buffer.alloc(0);
  let hidden: Hidden = [];
  /** The value at the beginning of `kept` has its mask already. */
  let masked = false;

  /** Shows what is before `end` and keeps the rest. */
  function show(bytes: Buffer, end: number): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const { from, to } of hidden) {
      if (from >= end) break;
      parts.push(bytes.subarray(at, from));
      if (!(masked && from === 0)) parts.push(MASK);
      at = Math.min(to, end);
    }
    parts.push(bytes.subarray(at, end));
    const begun = hidden.some(({ from, to }) => from < end && to > end);
    masked = end === 0 ? masked : begun;
    hidden = hidden
      .filter(({ to }) => to > end)
      .map(({ from, to }) => ({ from: Math.max(0, from - end), to: to - end }));
    kept = Buffer.from(bytes.subarray(end));
    return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts);
  }

  return {
    push(chunk) {
      const bytes = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
      for (let at = kept.length; at < bytes.length; at += 1) {
        state = needles.next(state, bytes[at] ?? 0);
        const length = needles.found(state);
        if (length > 0) hide(hidden, at + 1 - length, at + 1);
      }
      return show(bytes, bytes.length - needles.begun(state));
    },
    end() {
      state = 0;
      return show(kept, kept.length);
    },
  };
}

/** Adds what ends later than all before; what overlaps becomes one. */
function hide(hidden: Hidden, from: number, to: number): void {
  let start = from;
  for (let last = hidden.at(-1); last && last.to > from; last = hidden.at(-1)) {
    start = Math.min(start, last.from);
    hidden.pop();
  }
  hidden.push({ from: start, to });
}
