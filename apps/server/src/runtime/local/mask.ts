/** Shorter values would mask ordinary words. */
const SHORTEST = 6;
const MASK = Buffer.from('•••');

/** Takes values out of a stream of output, also where one is cut in two by the borders of chunks. */
export interface Mask {
  /** What may be shown by now; a beginning of a value is kept back until it is known what follows. */
  push(chunk: Buffer): Buffer;
  /** What was kept back at the end. */
  end(): Buffer;
}

/** The forms in which programs print a value: as it is, in JSON, in URLs, in base64. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
  return forms.filter((form) => form.length >= SHORTEST);
}

/** Null when there is nothing to take out. */
export function createMask(values: readonly string[]): Mask | null {
  const forms = [...new Set(values.filter((value) => value.length >= SHORTEST).flatMap(formsOf))];
  // The longest first: a form that begins like a longer one must not leave the longer one's rest behind.
  const needles = forms.map((form) => Buffer.from(form)).sort((a, b) => b.length - a.length);
  if (needles.length === 0) return null;
  let kept: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const { shown, rest } = take(kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk, needles);
      kept = Buffer.from(rest);
      return shown;
    },
    end() {
      const rest = kept;
      kept = Buffer.alloc(0);
      return rest;
    },
  };
}

function take(bytes: Buffer, needles: readonly Buffer[]): { shown: Buffer; rest: Buffer } {
  const parts: Buffer[] = [];
  let from = 0;
  for (let hit = firstOf(bytes, needles, from); hit; hit = firstOf(bytes, needles, from)) {
    parts.push(bytes.subarray(from, hit.at), MASK);
    from = hit.at + hit.length;
  }
  const end = bytes.length - keptBack(bytes.subarray(from), needles);
  parts.push(bytes.subarray(from, end));
  return { shown: parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts), rest: bytes.subarray(end) };
}

/** The first value at or after `from`; of two at one place the longer. */
function firstOf(bytes: Buffer, needles: readonly Buffer[], from: number): { at: number; length: number } | null {
  let first: { at: number; length: number } | null = null;
  for (const needle of needles) {
    const at = bytes.indexOf(needle, from);
    if (at !== -1 && (first === null || at < first.at)) first = { at, length: needle.length };
  }
  return first;
}

/** How many bytes at the end are the beginning of a value. */
function keptBack(bytes: Buffer, needles: readonly Buffer[]): number {
  let longest = 0;
  for (const needle of needles) {
    for (let length = Math.min(needle.length - 1, bytes.length); length > longest; length -= 1) {
      const tail = bytes.subarray(bytes.length - length);
      if (tail[0] === needle[0] && tail.equals(needle.subarray(0, length))) longest = length;
    }
  }
  return longest;
}
