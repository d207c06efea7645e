import type { Socket } from 'node:net';
import { ResponseParser } from './response-parser.ts';

/** The exchange of one request and its response, told as it happens. After `failed` or `end` nothing more is told. */
export interface ExchangeHandlers {
  head(status: number, headers: ReadonlyMap<string, string>): void;
  data(bytes: Buffer): void;
  end(): void;
  /** `ETIMEDOUT`: the upstream was silent for too long; otherwise how the connection broke. */
  failed(code: string): void;
}

/** A connection to the upstream that carries one exchange after another. */
export class Connection {
  readonly #socket: Socket;
  readonly #onIdle: (connection: Connection) => void;
  #handlers: ExchangeHandlers | null = null;
  #parser: ResponseParser | null = null;

  /** `onIdle` is told when the connection is ready for the next exchange. */
  constructor(socket: Socket, onIdle: (connection: Connection) => void) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('timeout', () => this.#break('ETIMEDOUT'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#break(error.code ?? 'EUPSTREAM'));
    socket.on('close', () => this.#closed());
    // An end in the middle of a response is a cut; between two, the upstream has had enough of this connection.
    socket.on('end', () => this.#closed());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Begins an exchange. `silenceMs`: how long the upstream may be silent. */
  begin(head: string, body: Buffer | null, silenceMs: number, handlers: ExchangeHandlers): void {
    this.#handlers = handlers;
    this.#parser = new ResponseParser({
      head: (status, headers) => this.#handlers?.head(status, headers),
      data: (bytes) => this.#handlers?.data(bytes),
      end: (reusable) => this.#end(reusable),
    });
    this.#socket.setTimeout(silenceMs);
    // One write of two buffers: the other side wakes once, and nothing is copied.
    this.#socket.cork();
    this.#socket.write(Buffer.from(head, 'latin1'));
    if (body) this.#socket.write(body);
    this.#socket.uncork();
  }

  /** Waits for the next exchange; a connection that waits for too long is closed. */
  rest(ms: number): void {
    this.#socket.setTimeout(ms);
    this.#socket.resume();
  }

  /** Whether these handlers' exchange is the one under way. */
  carries(handlers: ExchangeHandlers): boolean {
    return this.#handlers === handlers;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Breaks off: the handlers hear nothing more. */
  destroy(): void {
    this.#handlers = null;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    // Bytes that nobody asked for: such a connection is not to be trusted with another request.
    if (!this.#parser) {
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
    this.#parser = null;
    if (reusable && this.isOpen) this.#onIdle(this);
    else this.#socket.destroy();
    handlers?.end();
  }

  #closed(): void {
    if (this.#parser && !this.#parser.isDone && !this.#parser.close()) this.#break('ECONNRESET');
    else this.#socket.destroy();
  }

  #break(code: string): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    this.#parser = null;
    this.#socket.destroy();
    handlers?.failed(code);
  }
}
