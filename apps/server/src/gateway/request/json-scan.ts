const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Strings longer than this are crossed by the native search for a quote, which costs a call but no time per byte. */
const SHORT = 24;

/**
 * Finds the values of some top-level members of a JSON object without parsing the rest, whatever its size. Null where the
 * bytes are no object, or name one of the members twice: parsers differ in which of the two they would take. It does not
 * check what it passes over; the receiver of the bytes does.
 */
export function scanMembers(body: Buffer, names: readonly string[]): Map<string, Buffer> | null {
  let at = skipBlanks(body, 0);
  if (body[at] !== OPEN_BRACE) return null;
  const found = new Map<string, Buffer>();
  at = skipBlanks(body, at + 1);
  if (body[at] === CLOSE_BRACE) return endsAt(body, at + 1) ? found : null;
  for (;;) {
    if (body[at] !== QUOTE) return null;
    const keyEnd = stringEnd(body, at);
    if (keyEnd < 0) return null;
    const name = keyOf(body, at, keyEnd, names);
    at = skipBlanks(body, keyEnd);
    if (body[at] !== COLON) return null;
    const begin = skipBlanks(body, at + 1);
    const end = valueEnd(body, begin);
    if (end <= begin) return null;
    if (name !== undefined) {
      if (found.has(name)) return null;
      found.set(name, body.subarray(begin, end));
    }
    at = skipBlanks(body, end);
    if (body[at] === CLOSE_BRACE) return endsAt(body, at + 1) ? found : null;
    if (body[at] !== COMMA) return null;
    at = skipBlanks(body, at + 1);
  }
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

function skipBlanks(body: Buffer, from: number): number {
  let at = from;
  while (isBlank(body[at])) at++;
  return at;
}

const endsAt = (body: Buffer, from: number): boolean => skipBlanks(body, from) === body.length;

/** The place after the string that begins at `from`; -1 when it does not end. */
function stringEnd(body: Buffer, from: number): number {
  let at = from + 1;
  const near = Math.min(at + SHORT, body.length);
  while (at < near) {
    const byte = body[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = body.indexOf(QUOTE, at);
    if (quote < 0) return -1;
    let slashes = 0;
    while (quote - 1 - slashes >= at && body[quote - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The place after the value that begins at `from`; -1 when it does not end. */
function valueEnd(body: Buffer, from: number): number {
  const first = body[from];
  if (first === QUOTE) return stringEnd(body, from);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return nestedEnd(body, from);
  let at = from;
  for (; at < body.length; at++) {
    const byte = body[at];
    if (byte === COMMA || byte === CLOSE_BRACE || isBlank(byte)) return at;
  }
  return at;
}

function nestedEnd(body: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      const end = stringEnd(body, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  return -1;
}
