/** One event of an event stream. */
export interface ScannedEvent {
  event: string;
  data: string;
}

/** Which events of a stream are wanted. */
export interface WantedEvents {
  names: ReadonlySet<string>;
  /** Each name holds one of these. */
  parts: readonly Buffer[];
}

/**
 * `parts` are searched for in the bytes: short ones that begin with a letter which is rare in a stream are found ten times
 * as fast as whole names.
 */
export function wantedEvents(names: readonly string[], parts: readonly string[]): WantedEvents {
  const odd = names.find((name) => !parts.some((part) => name.includes(part)));
  if (odd !== undefined) throw new Error(`no part of ${odd} is searched for`);
  return { names: new Set(names), parts: parts.map((part) => Buffer.from(part)) };
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const EVENT = Buffer.from('event');
const DATA = Buffer.from('data');
const BLANK_LINE = Buffer.from('\n\n');
const NONE: ScannedEvent[] = [];

/** Longest event kept; a longer one is passed over, the stream goes on. Usage events have a few hundred bytes. */
const MAX_EVENT_BYTES = 1024 * 1024;

/**
 * Reads server-sent events out of bytes that arrive in any pieces (WHATWG HTML, 9.2.6: LF, CR or CRLF line ends, comments,
 * several data lines, a byte order mark). It only looks: the bytes themselves are passed on by the caller. Most bytes of
 * a stream are of events that nobody wants; they are passed over at once, where the names of wanted ones do not stand in
 * them. That takes line ends of LF, which the API writes.
 */
export class SseScanner {
  /** Null: every event is wanted. */
  readonly #wanted: WantedEvents | null;
  /** Where each part of wanted names stands next in the piece; beyond its end where it does not. */
  readonly #places: number[] = [];
  /** The beginning of a line whose end has not come. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #lineTooLong = false;
  #firstLine = true;
  #afterCr = false;
  #event = '';
  #data: Buffer[] = [];
  #size = 0;
  #tooLong = false;

  constructor(wanted: WantedEvents | null = null) {
    this.#wanted = wanted;
  }

  /** Takes the next piece and gives back the wanted events that it completed. Its memory is not used afterwards. */
  push(piece: Uint8Array): ScannedEvent[] {
    if (piece.length === 0) return NONE;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    let events = NONE;
    // A CR that ended the last piece has ended its line already; the LF after it belongs to it.
    let at = this.#afterCr && bytes[0] === LF ? 1 : 0;
    this.#afterCr = bytes[bytes.length - 1] === CR;
    const hasCr = bytes.includes(CR);
    const parts = hasCr ? null : this.#wanted?.parts;
    this.#places.length = 0;
    for (;;) {
      if (parts && this.#isBetweenEvents) at = this.#skip(bytes, at, parts);
      const end = hasCr ? nearestEnd(bytes, at) : bytes.indexOf(LF, at);
      if (end < 0) break;
      const found = this.#endLine(bytes, at, end);
      if (found) events = [...events, found];
      at = end + (bytes[end] === CR && bytes[end + 1] === LF ? 2 : 1);
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
    if (this.#data.length > 0) this.#data = this.#data.map((line) => Buffer.from(line));
    return events;
  }

  get #isBetweenEvents(): boolean {
    return (
      this.#restBytes === 0 && !this.#lineTooLong && this.#event === '' && this.#data.length === 0 && !this.#tooLong
    );
  }

  /**
   * The place where the next event begins in which the name of a wanted one stands, or else the last of the piece. What
   * lies before is whole events, in which none of the names stands: none of them is wanted.
   */
  #skip(bytes: Buffer, from: number, parts: readonly Buffer[]): number {
    let next = bytes.length;
    for (let one = 0; one < parts.length; one++) {
      let place = this.#places[one] ?? -1;
      if (place < from) {
        place = bytes.indexOf(parts[one] as Buffer, from);
        if (place < 0) place = bytes.length;
        this.#places[one] = place;
      }
      if (place < next) next = place;
    }
    const blank = bytes.lastIndexOf(BLANK_LINE, next);
    if (blank < from) return from;
    this.#firstLine = false;
    return blank + BLANK_LINE.length;
  }

  #keep(bytes: Buffer): void {
    if (this.#lineTooLong) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes > MAX_EVENT_BYTES) {
      this.#lineTooLong = true;
      this.#rest = [];
    } else this.#rest.push(Buffer.from(bytes));
  }

  #endLine(bytes: Buffer, from: number, to: number): ScannedEvent | undefined {
    let line: Buffer;
    if (this.#restBytes === 0 && !this.#lineTooLong) line = bytes.subarray(from, to);
    else {
      const tooLong = this.#lineTooLong || this.#restBytes + to - from > MAX_EVENT_BYTES;
      line = tooLong ? Buffer.alloc(0) : Buffer.concat([...this.#rest, bytes.subarray(from, to)]);
      this.#rest = [];
      this.#restBytes = 0;
      this.#lineTooLong = false;
      if (tooLong) {
        this.#tooLong = true;
        return undefined;
      }
    }
    if (this.#firstLine) {
      this.#firstLine = false;
      if (startsWith(line, BOM)) line = line.subarray(BOM.length);
    }
    if (line.length === 0) return this.#dispatch();
    this.#field(line);
    return undefined;
  }

  #field(line: Buffer): void {
    if (isField(line, DATA)) {
      const value = valueAfter(line, DATA.length);
      this.#size += value.length;
      if (this.#size > MAX_EVENT_BYTES) this.#tooLong = true;
      else this.#data.push(value);
    } else if (isField(line, EVENT)) this.#event = valueAfter(line, EVENT.length).toString('utf8');
  }

  #dispatch(): ScannedEvent | undefined {
    const event = this.#event || 'message';
    const kept = this.#data.length > 0 && !this.#tooLong && (this.#wanted === null || this.#wanted.names.has(event));
    const found = kept ? { event, data: this.#data.map((one) => one.toString('utf8')).join('\n') } : undefined;
    this.#event = '';
    this.#data = [];
    this.#size = 0;
    this.#tooLong = false;
    return found;
  }
}

function nearestEnd(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const cr = bytes.indexOf(CR, from);
  if (lf < 0 || cr < 0) return Math.max(lf, cr);
  return Math.min(lf, cr);
}

function startsWith(line: Buffer, prefix: Buffer): boolean {
  if (line.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (line[at] !== prefix[at]) return false;
  return true;
}

const isField = (line: Buffer, name: Buffer): boolean =>
  startsWith(line, name) && (line.length === name.length || line[name.length] === COLON);

const valueAfter = (line: Buffer, nameLength: number): Buffer =>
  line.subarray(line[nameLength + 1] === SPACE ? nameLength + 2 : nameLength + 1);
