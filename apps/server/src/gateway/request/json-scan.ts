const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The bytes of a body, also four at a time: most of a body is text, which is crossed by words. */
interface Bytes {
  all: Uint8Array;
  words: Uint32Array;
  length: number;
}

const SCRATCH_BYTES = 1024 * 1024;
const scratch = new ArrayBuffer(SCRATCH_BYTES);

/** Laid where words begin; bodies that are larger than the scratch get memory of their own. */
function toBytes(body: Buffer): Bytes {
  const memory = body.length <= SCRATCH_BYTES ? scratch : new ArrayBuffer(body.length + 4 - (body.length % 4));
  const all = new Uint8Array(memory);
  all.set(body);
  return { all, words: new Uint32Array(memory), length: body.length };
}

/**
 * Finds the values of some top-level members of a JSON object without parsing the rest, whatever its size. Null where the
 * bytes are no object, or name one of the members twice: parsers differ in which of the two they would take. It does not
 * check what it passes over; the receiver of the bytes does.
 */
export function scanMembers(body: Buffer, names: readonly string[]): Map<string, Buffer> | null {
  const bytes = toBytes(body);
  const { all } = bytes;
  let at = skipBlanks(bytes, 0);
  if (at === bytes.length || all[at] !== OPEN_BRACE) return null;
  const found = new Map<string, Buffer>();
  at = skipBlanks(bytes, at + 1);
  if (at < bytes.length && all[at] === CLOSE_BRACE) return endsAt(bytes, at + 1) ? found : null;
  while (at < bytes.length && all[at] === QUOTE) {
    const keyEnd = stringEnd(bytes, at);
    if (keyEnd < 0) return null;
    const name = keyOf(body, at, keyEnd, names);
    at = skipBlanks(bytes, keyEnd);
    if (at === bytes.length || all[at] !== COLON) return null;
    const begin = skipBlanks(bytes, at + 1);
    const end = valueEnd(bytes, begin);
    if (end <= begin) return null;
    if (name !== undefined) {
      if (found.has(name)) return null;
      found.set(name, body.subarray(begin, end));
    }
    at = skipBlanks(bytes, end);
    if (at === bytes.length) return null;
    if (all[at] === CLOSE_BRACE) return endsAt(bytes, at + 1) ? found : null;
    if (all[at] !== COMMA) return null;
    at = skipBlanks(bytes, at + 1);
  }
  return null;
}

/** The wanted name that a key is, escapes and all; undefined when it is another key. */
function keyOf(body: Buffer, begin: number, end: number, names: readonly string[]): string | undefined {
  const raw = body.toString('latin1', begin + 1, end - 1);
  if (!raw.includes('\\')) return names.find((name) => name === raw);
  try {
    const decoded: unknown = JSON.parse(body.toString('utf8', begin, end));
    return names.find((name) => name === decoded);
  } catch {
    return undefined;
  }
}

const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function skipBlanks({ all, length }: Bytes, from: number): number {
  let at = from;
  while (at < length && isBlank(all[at])) at++;
  return at;
}

const endsAt = (bytes: Bytes, from: number): boolean => skipBlanks(bytes, from) === bytes.length;

const EVERY_BYTE = 0x01010101;
const HIGH_BITS = 0x80808080;
const QUOTES = QUOTE * EVERY_BYTE;
const BACKSLASHES = BACKSLASH * EVERY_BYTE;

/** The place after the string that begins at `from`; -1 when it does not end. */
function stringEnd({ all, words, length }: Bytes, from: number): number {
  let at = from + 1;
  while (at < length) {
    const byte = all[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) {
      at += 2;
      continue;
    }
    at += 1;
    if (at % 4 !== 0) continue;
    // Whole words without a quote or a backslash; the trick finds a zero byte (Warren, Hacker's Delight, 6-1).
    for (; at < length; at += 4) {
      const word = words[at >> 2] as number;
      const quotes = word ^ QUOTES;
      const slashes = word ^ BACKSLASHES;
      const hit = ((quotes - EVERY_BYTE) & ~quotes) | ((slashes - EVERY_BYTE) & ~slashes);
      if ((hit & HIGH_BITS) !== 0) break;
    }
  }
  return -1;
}

/** The place after the value that begins at `from`; -1 when it does not end. */
function valueEnd(bytes: Bytes, from: number): number {
  const { all, length } = bytes;
  const first = from < length ? all[from] : undefined;
  if (first === QUOTE) return stringEnd(bytes, from);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return nestedEnd(bytes, from);
  let at = from;
  for (; at < length; at++) {
    const byte = all[at];
    if (byte === COMMA || byte === CLOSE_BRACE || isBlank(byte)) return at;
  }
  return at;
}

function nestedEnd(bytes: Bytes, from: number): number {
  const { all, length } = bytes;
  let depth = 0;
  let at = from;
  while (at < length) {
    const byte = all[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      if (at < 0) return -1;
      continue;
    }
    at += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at;
  }
  return -1;
}
