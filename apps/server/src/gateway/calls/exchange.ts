import { performance } from 'node:perf_hooks';
import type { GatewayTimings, Log } from '../ports.ts';
import type { ExchangeHandlers } from '../upstream/connection.ts';
import { workerHeaders } from '../upstream/headers.ts';
import type { Exchange } from '../upstream/pool.ts';
import type { UpstreamClient, UpstreamRequest } from '../upstream/upstream.ts';
import type { Client } from './client.ts';
import { Collector } from './collector.ts';
import type { Health } from './health.ts';
import { refusals } from './refusals.ts';

/** Largest answer that is not a stream. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Node's own code of an error on a connection that the upstream was silent on. */
const SILENT = 'ETIMEDOUT';

export interface PassOptions {
  upstream: UpstreamClient;
  client: Client;
  requestId: string;
  log: Log;
  health: Health;
  timings: GatewayTimings;
}

/** Watches what passes, to know what it costs. What it does on `end` happens before the worker has the last byte. */
export interface Observer {
  /** The upstream has accepted the call. */
  accepted(upstreamId: string | null): void;
  /** Bytes of a streamed answer, before they are passed on. */
  streamed(bytes: Buffer): void;
  /** The whole of an answer in one piece, before it is passed on. */
  whole(body: Buffer): void;
  /** Nothing more comes. `cut`: in the middle of an accepted answer. */
  over(end: 'ended' | 'cut' | 'refused' | 'read-on-limit'): void;
}

export const nobody: Observer = { accepted: () => {}, streamed: () => {}, whole: () => {}, over: () => {} };

/** Sends a call to the upstream and its answer back, byte for byte. */
export class PassedCall implements ExchangeHandlers {
  readonly #options: PassOptions;
  readonly #observer: Observer;
  readonly #begun = performance.now();
  readonly #exchange: Exchange;
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  #body: Collector | null = null;
  #readOn: NodeJS.Timeout | undefined;
  #over = false;
  #whenOver: (() => void) | null = null;

  constructor(request: UpstreamRequest, options: PassOptions, observer: Observer) {
    this.#options = options;
    this.#observer = observer;
    this.#exchange = options.upstream.call(request, this);
    options.client.onLeft(() => this.#left());
  }

  /** Calls back when nothing more comes. */
  whenOver(callback: () => void): void {
    this.#whenOver = callback;
    if (this.#over) callback();
  }

  head(status: number, headers: ReadonlyMap<string, string>): void {
    this.#status = status;
    this.#headers = headers;
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (status >= 400) this.#body = new Collector(MAX_BODY_BYTES);
    else {
      this.#observer.accepted(headers.get('request-id') ?? null);
      if (isStream) this.#options.client.begin(status, workerHeaders(headers));
      else this.#body = new Collector(MAX_BODY_BYTES);
    }
  }

  data(bytes: Buffer): void {
    if (this.#body) {
      if (!this.#body.add(bytes)) this.#broken();
      return;
    }
    this.#observer.streamed(bytes);
    if (!this.#options.client.write(bytes, () => this.#exchange.resume())) this.#exchange.pause();
  }

  end(): void {
    const { client, health } = this.#options;
    const ok = this.#status < 400;
    if (ok) health.succeeded(performance.now() - this.#begun);
    else health.failed(this.#status, `status ${this.#status}`);
    if (!this.#body) {
      this.#finish('ended');
      client.end();
    } else if (ok) {
      const body = this.#body.bytes;
      this.#observer.whole(body);
      this.#finish('ended');
      client.answer(this.#status, workerHeaders(this.#headers), body);
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
    const { client, log, requestId } = this.#options;
    log.warn({ requestId, reason: code }, 'The model API cannot be reached');
    this.#finish('refused');
    client.refuse(code === SILENT ? refusals.timedOut : refusals.unreachable, requestId);
  }

  /** Breaks off: the platform stops, or nobody waits any more. */
  abort(): void {
    if (this.#over) return;
    this.#exchange.abort();
    this.#finish(this.#status === 0 || this.#status >= 400 ? 'refused' : 'read-on-limit');
    this.#options.client.cut();
  }

  #broken(): void {
    const { client, requestId } = this.#options;
    this.#exchange.abort();
    this.#finish(this.#status >= 400 ? 'refused' : 'cut');
    if (this.#body) client.refuse(refusals.broken, requestId);
    else client.cut();
  }

  /** Errors are not charged. They pass as they are, unless they would tell something about the key. */
  #passError(body: Buffer): void {
    const { client, log, requestId, upstream } = this.#options;
    const upstreamId = this.#headers.get('request-id');
    log.warn({ requestId, upstreamId, status: this.#status }, 'The model API answered with an error');
    const tells = this.#status === 401 || upstream.mentionsKey(body);
    if (tells) client.refuse(refusals.keyRefused, requestId);
    else client.answer(this.#status, workerHeaders(this.#headers), body);
  }

  /** A client that leaves is charged all the same, so the upstream is read on for a while. */
  #left(): void {
    if (this.#over) return;
    this.#exchange.resume();
    this.#readOn = setTimeout(() => this.abort(), this.#options.timings.readOnMs);
  }

  #finish(end: Parameters<Observer['over']>[0]): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#readOn);
    this.#observer.over(end);
    this.#whenOver?.();
  }
}
