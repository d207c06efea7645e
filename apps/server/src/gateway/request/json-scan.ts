import { type JsonBytes, toJsonBytes } from './json-bytes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;

/**
 * Finds the values of some top-level members of a JSON object without parsing the rest, whatever its size; gives them back
 * as JSON, in the order of the names. Null where the bytes are no object, or name one of the members twice: parsers differ
 * in which of the two they would take. It does not check all that it passes over; the receiver of the bytes does.
 */
export function scanMembers(pieces: readonly Buffer[], names: readonly string[]): (string | undefined)[] | null {
  const bytes = toJsonBytes(pieces);
  const { all, length } = bytes;
  let at = skipBlanks(bytes, 0);
  if (at === length || all[at] !== OPEN_BRACE) return null;
  const found = new Array<string | undefined>(names.length).fill(undefined);
  at = skipBlanks(bytes, at + 1);
  if (at < length && all[at] === CLOSE_BRACE) return endsAt(bytes, at + 1) ? found : null;
  while (at < length && all[at] === QUOTE) {
    const keyEnd = bytes.valueEnd(at);
    if (keyEnd < 0) return null;
    const name = keyOf(all, at, keyEnd, names);
    at = skipBlanks(bytes, keyEnd);
    if (at === length || all[at] !== COLON) return null;
    const begin = skipBlanks(bytes, at + 1);
    const end = valueEnd(bytes, begin);
    if (end <= begin) return null;
    if (name >= 0) {
      if (found[name] !== undefined) return null;
      found[name] = all.toString('utf8', begin, end);
    }
    at = skipBlanks(bytes, end);
    if (at === length) return null;
    if (all[at] === CLOSE_BRACE) return endsAt(bytes, at + 1) ? found : null;
    if (all[at] !== COMMA) return null;
    at = skipBlanks(bytes, at + 1);
  }
  return null;
}

/** Which of the names a key is, escapes and all; -1 when it is another one. */
function keyOf(all: Buffer, begin: number, end: number, names: readonly string[]): number {
  const raw = all.toString('latin1', begin + 1, end - 1);
  if (!raw.includes('\\')) return names.indexOf(raw);
  try {
    return names.indexOf(JSON.parse(all.toString('utf8', begin, end)));
  } catch {
    return -1;
  }
}

const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function skipBlanks({ all, length }: JsonBytes, from: number): number {
  let at = from;
  while (at < length && isBlank(all[at])) at++;
  return at;
}

const endsAt = (bytes: JsonBytes, from: number): boolean => skipBlanks(bytes, from) === bytes.length;

/** The place after the value that begins at `from`; -1 when it does not end. */
function valueEnd(bytes: JsonBytes, from: number): number {
  const { all, length } = bytes;
  const first = from < length ? all[from] : undefined;
  if (first === QUOTE || first === OPEN_BRACE || first === OPEN_BRACKET) return bytes.valueEnd(from);
  let at = from;
  for (; at < length; at++) {
    const byte = all[at];
    if (byte === COMMA || byte === CLOSE_BRACE || isBlank(byte)) return at;
    // No scalar has these; a reader that passed over them would be led to other members than the receiver.
    if (byte === QUOTE || byte === BACKSLASH || byte === COLON) return -1;
  }
  return at;
}
