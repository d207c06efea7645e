import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Connection, type ExchangeHandlers } from './connection.ts';

const IDLE_MS = 30_000;
const MAX_IDLE = 256;

export interface Exchange {
  pause(): unknown;
  resume(): unknown;
  /** Breaks off: the handlers hear nothing more. */
  abort(): unknown;
}

/** Connections to one upstream: kept while they are of use, opened when all are busy. */
export class ConnectionPool {
  readonly #open: () => Socket;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(origin: URL, socketPath?: string) {
    this.#open = opener(origin, socketPath);
  }

  /** Exchanges under way. */
  get busy(): number {
    return this.#all.size - this.#idle.length;
  }

  exchange(head: string, body: Buffer | null, silenceMs: number, handlers: ExchangeHandlers): Exchange {
    const connection = this.#take();
    connection.begin(head, body, silenceMs, handlers);
    // The connection may carry somebody else's exchange by the time one of these is called.
    return {
      pause: () => connection.carries(handlers) && connection.pause(),
      resume: () => connection.carries(handlers) && connection.resume(),
      abort: () => connection.carries(handlers) && connection.destroy(),
    };
  }

  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #take(): Connection {
    for (let kept = this.#idle.pop(); kept; kept = this.#idle.pop()) if (kept.isOpen) return kept;
    const socket = this.#open();
    const connection = new Connection(socket, (idle) => this.#keep(idle));
    this.#all.add(connection);
    socket.once('close', () => {
      this.#all.delete(connection);
      const at = this.#idle.indexOf(connection);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return connection;
  }

  #keep(connection: Connection): void {
    if (this.#idle.length >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.rest(IDLE_MS);
    this.#idle.push(connection);
  }
}

function opener(origin: URL, socketPath?: string): () => Socket {
  if (socketPath) return () => connectPlain(socketPath);
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  if (origin.protocol === 'http:') return () => connectPlain({ host, port: Number(origin.port || 80) });
  const port = Number(origin.port || 443);
  // A name for SNI; addresses have none.
  const servername = isIP(host) ? '' : host;
  return () => connectTls({ host, port, servername, ALPNProtocols: ['http/1.1'] });
}
