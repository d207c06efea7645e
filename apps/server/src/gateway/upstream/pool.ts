import { Connection, type ConnectionOwner, type ExchangeHandlers } from './connection.ts';
import { opener } from './open.ts';

const LOOK_MS = 500;
const IDLE_LOOKS = 60;
const MAX_IDLE = 256;

/** An exchange under way; afterwards its connection may carry somebody else's, and none of this does anything. */
export class Exchange {
  readonly #connection: Connection;
  readonly #handlers: ExchangeHandlers;

  constructor(connection: Connection, handlers: ExchangeHandlers) {
    this.#connection = connection;
    this.#handlers = handlers;
  }

  pause(): void {
    if (this.#connection.carries(this.#handlers)) this.#connection.pause();
  }

  resume(): void {
    if (this.#connection.carries(this.#handlers)) this.#connection.resume();
  }

  /** Breaks off: the handlers hear nothing more. */
  abort(): void {
    if (this.#connection.carries(this.#handlers)) this.#connection.destroy();
  }
}

/** Connections to one upstream: kept while they are of use, opened when all are busy. */
export class ConnectionPool implements ConnectionOwner {
  readonly #open: ReturnType<typeof opener>;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  /** One clock for all: a timer for each call would cost more than the call's parsing. */
  #clock: NodeJS.Timeout | undefined;

  constructor(origin: URL, socketPath?: string) {
    this.#open = opener(origin, socketPath);
  }

  /** Exchanges under way. */
  get busy(): number {
    return this.#all.size - this.#idle.length;
  }

  /** The upstream may be silent for `silenceMs`, give or take a look at the clock. */
  exchange(head: string, body: readonly Buffer[], silenceMs: number, handlers: ExchangeHandlers): Exchange {
    const connection = this.#take();
    connection.begin(head, body, Math.ceil(silenceMs / LOOK_MS), handlers);
    return new Exchange(connection, handlers);
  }

  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  idle(connection: Connection): void {
    if (this.#idle.length >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.rest(IDLE_LOOKS);
    this.#idle.push(connection);
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#all.size > 0) return;
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  #take(): Connection {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) if (kept.isOpen) return kept;
    const connection = new Connection(this.#open, this);
    this.#all.add(connection);
    this.#clock ??= setInterval(() => {
      for (const one of this.#all) one.look();
    }, LOOK_MS).unref();
    return connection;
  }
}
