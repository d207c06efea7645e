/** What a response is made of, as it arrives. */
export interface ResponseHandlers {
  head(status: number, headers: ReadonlyMap<string, string>): void;
  /** Bytes of the body, without the transfer coding. */
  data(bytes: Buffer): void;
  /** The whole response is there; `reusable`: the connection may carry another. */
  end(reusable: boolean): void;
}

/** The upstream's bytes are no HTTP/1.1 response. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 8 * 1024;
const EMPTY = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
const CR = 0x0d;
const LF = 0x0a;
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const CHUNK_SIZE = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i;
/** A chunk whose size has more digits takes the slower way. */
const MOST_DIGITS = 6;

type State = 'head' | 'counted' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'done';

/** Reads HTTP/1.1 responses (RFC 9112), one after the other, out of bytes that arrive in any pieces. */
export class ResponseParser {
  readonly #handlers: ResponseHandlers;
  #state: State = 'head';
  #rest: Buffer = EMPTY;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #reusable = true;
  /** Body bytes of this piece that the handlers have not been told of. */
  #from = 0;
  #to = 0;

  constructor(handlers: ResponseHandlers) {
    this.#handlers = handlers;
  }

  /** Begins with the next response. */
  restart(): void {
    this.#state = 'head';
    this.#rest = EMPTY;
    this.#reusable = true;
  }

  /**
   * Takes the next piece; its memory may be used to bring the parts of the body together, and by the caller afterwards.
   * Throws a ProtocolError where it makes no sense; what comes after the end is such a place.
   */
  push(piece: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    this.#rest = EMPTY;
    try {
      for (let at = 0; at < bytes.length; ) {
        const next = this.#step(bytes, at);
        if (next < 0) {
          this.#rest = Buffer.from(bytes.subarray(at));
          break;
        }
        at = next;
      }
    } finally {
      this.#tell(bytes);
    }
  }

  /** The connection has ended. False: in the middle of the response. */
  close(): boolean {
    if (this.#state === 'until-close') this.#finish(EMPTY, false);
    return this.#state === 'done';
  }

  /** Up to where the bytes were understood; negative when there must be more of them first. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes, at);
      case 'counted':
      case 'chunk':
        return this.#body(bytes, at);
      case 'until-close':
        this.#gather(bytes, at, bytes.length);
        return bytes.length;
      case 'done':
        throw new ProtocolError('bytes after the end');
      case 'chunk-end':
        if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.#line(bytes, at);
        this.#state = 'chunk-size';
        return at + 2;
      case 'chunk-size':
        return this.#plainChunkSize(bytes, at);
      default:
        return this.#line(bytes, at);
    }
  }

  #head(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(HEAD_END, at, 'latin1');
    const size = (end < 0 ? bytes.length : end) - at;
    if (size > MAX_HEAD_BYTES) throw new ProtocolError('head too long');
    if (end < 0) return -1;
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, end).split(LINE_END);
    const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
    if (!code) throw new ProtocolError('no status line');
    const status = Number(code);
    const next = end + HEAD_END.length;
    // 100 and 103 come before the response; nobody asked for another protocol.
    if (status < 200 && status !== 101) return next;
    const headers = headersOf(lines);
    this.#frame(status, headers, minor === '1');
    this.#handlers.head(status, headers);
    if (this.#state === 'counted' && this.#left === 0) this.#finish(bytes, this.#reusable);
    return next;
  }

  #frame(status: number, headers: ReadonlyMap<string, string>, persistent: boolean): void {
    const connection = headers.get('connection')?.toLowerCase() ?? '';
    this.#reusable = persistent && !connection.includes('close');
    this.#left = 0;
    const coding = headers.get('transfer-encoding')?.toLowerCase();
    const length = headers.get('content-length');
    if (status === 204 || status === 304) this.#state = 'counted';
    else if (coding !== undefined) {
      if (coding !== 'chunked') throw new ProtocolError('transfer coding');
      // Both at once is how one response is made to look like two.
      if (length !== undefined) this.#reusable = false;
      this.#state = 'chunk-size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new ProtocolError('content length');
      this.#left = Number(length);
      this.#state = 'counted';
    } else this.#state = 'until-close';
  }

  #body(bytes: Buffer, at: number): number {
    const size = Math.min(this.#left, bytes.length - at);
    this.#left -= size;
    this.#gather(bytes, at, at + size);
    if (this.#left === 0) {
      if (this.#state === 'counted') this.#finish(bytes, this.#reusable);
      else this.#state = 'chunk-end';
    }
    return at + size;
  }

  /** Nearly every chunk's size: a few digits and the end of the line. */
  #plainChunkSize(bytes: Buffer, from: number): number {
    let size = 0;
    let at = from;
    for (; at < bytes.length && at - from < MOST_DIGITS; at++) {
      const digit = hexDigit(bytes[at] as number);
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    if (at === from || bytes[at] !== CR || bytes[at + 1] !== LF) return this.#line(bytes, from);
    this.#chunk(size);
    return at + 2;
  }

  #line(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LINE_END, at, 'latin1');
    const length = (end < 0 ? bytes.length : end) - at;
    if (length > MAX_LINE_BYTES) throw new ProtocolError('line too long');
    if (end < 0) return -1;
    if (this.#state === 'chunk-size') {
      const size = CHUNK_SIZE.exec(bytes.toString('latin1', at, end))?.[1];
      if (size === undefined) throw new ProtocolError('chunk size');
      this.#chunk(Number.parseInt(size, 16));
    } else if (this.#state === 'chunk-end') throw new ProtocolError('chunk end');
    else if (length === 0) this.#finish(bytes, this.#reusable);
    return end + LINE_END.length;
  }

  #chunk(size: number): void {
    this.#left = size;
    this.#state = size === 0 ? 'trailer' : 'chunk';
  }

  /** Moves a part of the body behind the one before it, so that what came at once is told at once. */
  #gather(bytes: Buffer, from: number, to: number): void {
    if (this.#from === this.#to) {
      this.#from = from;
      this.#to = to;
      return;
    }
    if (this.#to !== from) bytes.copyWithin(this.#to, from, to);
    this.#to += to - from;
  }

  #tell(bytes: Buffer): void {
    if (this.#from === this.#to) return;
    const body = bytes.subarray(this.#from, this.#to);
    this.#from = this.#to = 0;
    this.#handlers.data(body);
  }

  #finish(bytes: Buffer, reusable: boolean): void {
    this.#tell(bytes);
    this.#state = 'done';
    this.#handlers.end(reusable);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new ProtocolError('header');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
