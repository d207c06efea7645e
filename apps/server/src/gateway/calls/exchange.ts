import { performance } from 'node:perf_hooks';
import type { GatewayTimings, Log } from '../ports.ts';
import { release } from '../request/read-body.ts';
import type { ExchangeHandlers } from '../upstream/connection.ts';
import { workerHeaders } from '../upstream/headers.ts';
import type { Exchange } from '../upstream/pool.ts';
import type { UpstreamClient, UpstreamRequest } from '../upstream/upstream.ts';
import type { Client, ClientWatcher } from './client.ts';
import { Collector } from './collector.ts';
import type { Health } from './health.ts';
import type { CallEnding, Observer } from './observer.ts';
import { refusals } from './refusals.ts';

/** Largest answer that is not a stream. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Node's own code of an error on a connection that the upstream was silent on. */
const SILENT = 'ETIMEDOUT';
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** What all calls share. */
export interface PassOptions {
  upstream: UpstreamClient;
  log: Log;
  health: Health;
  timings: GatewayTimings;
  /** Calls at the upstream. */
  underWay: Set<PassedCall>;
}

/** Sends a call to the upstream and its answer back, byte for byte. */
export class PassedCall implements ExchangeHandlers, ClientWatcher {
  readonly #options: PassOptions;
  readonly #client: Client;
  readonly #observer: Observer;
  readonly #begun = performance.now();
  readonly #exchange: Exchange;
  #status = 0;
  #headers: ReadonlyMap<string, string> = NO_HEADERS;
  #body: Collector | null = null;
  #readOn: NodeJS.Timeout | undefined;
  #over = false;
  #whenOver: (() => void) | null = null;

  constructor(request: UpstreamRequest, client: Client, observer: Observer, options: PassOptions) {
    this.#options = options;
    this.#client = client;
    this.#observer = observer;
    options.underWay.add(this);
    this.#exchange = options.upstream.call(request, this);
    client.watch(this);
  }

  /** Calls back when nothing more comes. */
  whenOver(callback: () => void): void {
    this.#whenOver = callback;
    if (this.#over) callback();
  }

  sent(piece: Buffer): void {
    release(piece);
  }

  head(status: number, headers: ReadonlyMap<string, string>): void {
    this.#status = status;
    this.#headers = headers;
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (status >= 400) this.#body = new Collector(MAX_BODY_BYTES);
    else {
      this.#observer.accepted(headers.get('request-id') ?? null);
      if (isStream) this.#client.begin(status, workerHeaders(headers));
      else this.#body = new Collector(MAX_BODY_BYTES);
    }
  }

  data(bytes: Buffer): void {
    if (this.#body) {
      if (!this.#body.add(bytes)) this.#broken();
      return;
    }
    this.#observer.streamed(bytes);
    if (!this.#client.write(bytes)) this.#exchange.pause();
  }

  drained(): void {
    this.#exchange.resume();
  }

  end(): void {
    const { health } = this.#options;
    const ok = this.#status < 400;
    if (ok) health.succeeded(performance.now() - this.#begun);
    else health.failed(this.#status, `status ${this.#status}`);
    if (!this.#body) {
      this.#finish('ended');
      this.#client.end();
    } else if (ok) {
      const body = this.#body.bytes;
      this.#observer.whole(body);
      this.#finish('ended');
      this.#client.answer(this.#status, workerHeaders(this.#headers), body);
    } else {
      this.#finish('refused');
      this.#passError(this.#body.bytes);
    }
  }

  failed(code: string): void {
    this.#options.health.failed(null, code);
    if (this.#status > 0) {
      this.#broken();
      return;
    }
    const { requestId } = this.#client;
    this.#options.log.warn({ requestId, reason: code }, 'The model API cannot be reached');
    this.#finish('refused');
    this.#client.refuse(code === SILENT ? refusals.timedOut : refusals.unreachable);
  }

  /** Breaks off: the platform stops, or nobody waits any more. */
  abort(): void {
    if (this.#over) return;
    this.#exchange.abort();
    this.#finish(this.#status === 0 || this.#status >= 400 ? 'refused' : 'read-on-limit');
    this.#client.cut();
  }

  #broken(): void {
    this.#exchange.abort();
    this.#finish(this.#status >= 400 ? 'refused' : 'cut');
    if (this.#body) this.#client.refuse(refusals.broken);
    else this.#client.cut();
  }

  /** Errors are not charged. They pass as they are, unless they would tell something about the key. */
  #passError(body: Buffer): void {
    const { log, upstream } = this.#options;
    const { requestId } = this.#client;
    const upstreamId = this.#headers.get('request-id');
    log.warn({ requestId, upstreamId, status: this.#status }, 'The model API answered with an error');
    const tells = this.#status === 401 || upstream.mentionsKey(body);
    if (tells) this.#client.refuse(refusals.keyRefused);
    else this.#client.answer(this.#status, workerHeaders(this.#headers), body);
  }

  /** A client that leaves is charged all the same, so the upstream is read on for a while. */
  left(): void {
    if (this.#over) return;
    this.#exchange.resume();
    this.#readOn = setTimeout(() => this.abort(), this.#options.timings.readOnMs);
  }

  #finish(ending: CallEnding): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#readOn);
    this.#options.underWay.delete(this);
    this.#observer.over(ending);
    this.#whenOver?.();
  }
}
