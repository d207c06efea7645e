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
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const CHUNK_SIZE = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i;

type State = 'head' | 'counted' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'done';

/** Reads one HTTP/1.1 response (RFC 9112) out of bytes that arrive in any pieces. */
export class ResponseParser {
  readonly #handlers: ResponseHandlers;
  #state: State = 'head';
  #rest: Buffer = EMPTY;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #reusable = true;

  constructor(handlers: ResponseHandlers) {
    this.#handlers = handlers;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Takes the next piece. Throws a ProtocolError where it makes no sense; what comes after the end is such a place. */
  push(piece: Buffer): void {
    let bytes: Buffer = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    this.#rest = EMPTY;
    while (bytes.length > 0) {
      const used = this.#step(bytes);
      if (used < 0) {
        this.#rest = bytes;
        return;
      }
      bytes = used === bytes.length ? EMPTY : bytes.subarray(used);
    }
  }

  /** The connection has ended. False: in the middle of the response. */
  close(): boolean {
    if (this.#state === 'until-close') this.#finish(false);
    return this.#state === 'done';
  }

  /** How many of the bytes were understood; negative when there must be more of them first. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes);
      case 'counted':
      case 'chunk':
        return this.#body(bytes);
      case 'until-close':
        this.#handlers.data(bytes);
        return bytes.length;
      case 'done':
        throw new ProtocolError('bytes after the end');
      default:
        return this.#line(bytes);
    }
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end > MAX_HEAD_BYTES || (end < 0 && bytes.length > MAX_HEAD_BYTES)) throw new ProtocolError('head too long');
    if (end < 0) return -1;
    const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
    if (!code) throw new ProtocolError('no status line');
    const status = Number(code);
    const used = end + HEAD_END.length;
    // 100 and 103 come before the response; nobody asked for another protocol.
    if (status < 200 && status !== 101) return used;
    const headers = headersOf(lines);
    this.#frame(status, headers, minor === '1');
    this.#handlers.head(status, headers);
    if (this.#state === 'counted' && this.#left === 0) this.#finish(this.#reusable);
    return used;
  }

  #frame(status: number, headers: ReadonlyMap<string, string>, persistent: boolean): void {
    const connection = headers.get('connection')?.toLowerCase() ?? '';
    this.#reusable = persistent && !connection.includes('close');
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

  #body(bytes: Buffer): number {
    const size = Math.min(this.#left, bytes.length);
    this.#left -= size;
    this.#handlers.data(size === bytes.length ? bytes : bytes.subarray(0, size));
    if (this.#left === 0) {
      if (this.#state === 'counted') this.#finish(this.#reusable);
      else this.#state = 'chunk-end';
    }
    return size;
  }

  #line(bytes: Buffer): number {
    const end = bytes.indexOf(LINE_END);
    if (end > MAX_LINE_BYTES || (end < 0 && bytes.length > MAX_LINE_BYTES)) throw new ProtocolError('line too long');
    if (end < 0) return -1;
    if (this.#state === 'chunk-size') this.#chunkSize(bytes.toString('latin1', 0, end));
    else if (this.#state === 'chunk-end') {
      if (end !== 0) throw new ProtocolError('chunk end');
      this.#state = 'chunk-size';
    } else if (end === 0) this.#finish(this.#reusable);
    return end + LINE_END.length;
  }

  #chunkSize(line: string): void {
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) throw new ProtocolError('chunk size');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #finish(reusable: boolean): void {
    this.#state = 'done';
    this.#handlers.end(reusable);
  }
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
