import type { Socket } from 'node:net';
import { ResponseParser } from './response-parser.ts';

/** The exchange of one request and its response, told as it happens. After `failed` or `end` nothing more is told. */
export interface ExchangeHandlers {
  /** A piece of the request's body is written: nothing here reads it any more. */
  sent?(piece: Buffer): void;
  head(status: number, headers: ReadonlyMap<string, string>): void;
  /** What has come of the body at once. The memory is used again afterwards. */
  data(bytes: Buffer): void;
  end(): void;
  /** `ETIMEDOUT`: the upstream was silent for too long; otherwise how the connection broke. */
  failed(code: string): void;
}

/** What a pool wants to hear of its connections. */
export interface ConnectionOwner {
  /** It is ready for the next exchange. */
  idle(connection: Connection): void;
  closed(connection: Connection): void;
}

/** A connection to the upstream that carries one exchange after another. */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parser: ResponseParser;
  #handlers: ExchangeHandlers | null = null;
  #isPaused = false;
  /** Looks at the clock since something came, and how many there may be. */
  #quiet = 0;
  #patience = Number.POSITIVE_INFINITY;

  /** `open` makes a socket that passes what it reads to the given function, in memory that is used again afterwards. */
  constructor(open: (take: (bytes: Buffer) => void) => Socket, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#parser = new ResponseParser({
      head: (status, headers) => this.#handlers?.head(status, headers),
      data: (bytes) => this.#handlers?.data(bytes),
      end: (reusable) => this.#end(reusable),
    });
    const socket = open((bytes) => this.#take(bytes));
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => this.#break(error.code ?? 'EUPSTREAM'));
    socket.on('close', () => {
      this.#closed();
      owner.closed(this);
    });
    // An end in the middle of a response is a cut; between two, the upstream has had enough of this connection.
    socket.on('end', () => this.#closed());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Begins an exchange. `patience`: looks at the clock for which the upstream may be silent. */
  begin(head: string, body: readonly Buffer[], patience: number, handlers: ExchangeHandlers): void {
    this.#handlers = handlers;
    this.#parser.restart();
    this.#quiet = 0;
    this.#patience = patience;
    // One write: the other side wakes once, and nothing is copied.
    this.#socket.cork();
    this.#socket.write(Buffer.from(head, 'latin1'));
    for (const piece of body) this.#socket.write(piece, (error) => error || handlers.sent?.(piece));
    this.#socket.uncork();
  }

  /** Waits for the next exchange; a connection that waits for too long is closed. */
  rest(patience: number): void {
    this.#quiet = 0;
    this.#patience = patience;
    this.resume();
  }

  /** The clock is looked at. */
  look(): void {
    if (++this.#quiet > this.#patience) this.#break('ETIMEDOUT');
  }

  /** Whether these handlers' exchange is the one under way. */
  carries(handlers: ExchangeHandlers): boolean {
    return this.#handlers === handlers;
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Breaks off: the handlers hear nothing more. */
  destroy(): void {
    this.#handlers = null;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#quiet = 0;
    // Bytes that nobody asked for: such a connection is not to be trusted with another request.
    if (!this.#handlers) {
      this.destroy();
      return;
    }
    try {
      this.#parser.push(bytes);
    } catch {
      this.#break('EPROTO');
    }
  }

  #end(reusable: boolean): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    if (reusable && this.isOpen) this.#owner.idle(this);
    else this.#socket.destroy();
    handlers?.end();
  }

  #closed(): void {
    try {
      if (this.#handlers && !this.#parser.close()) this.#break('ECONNRESET');
      else this.#socket.destroy();
    } catch {
      this.#break('EPROTO');
    }
  }

  #break(code: string): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    this.#socket.destroy();
    handlers?.failed(code);
  }
}
