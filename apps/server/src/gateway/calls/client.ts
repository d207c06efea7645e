import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Refusal, refusalBody, refusalHeaders } from './refusals.ts';

/** What the worker does that an answer to it must know of. */
export interface ClientWatcher {
  /** It has hung up before the answer was complete. */
  left(): void;
  /** It was slow and may get more now. */
  drained(): void;
}

/** Up to this size an answer is written together with its head, in one piece. */
const SMALL_BYTES = 16 * 1024;

/** The worker's side of a call: bytes out, as long as it is there. */
export class Client {
  readonly #response: ServerResponse;
  #left = false;
  #hasWritten = false;
  #watcher: ClientWatcher | null = null;
  #requestId: string | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#left = true;
      this.#watcher?.left();
    });
  }

  /** Names the call in refusals and in the log; most calls need none. */
  get requestId(): string {
    this.#requestId ??= `req_${randomUUID().replaceAll('-', '')}`;
    return this.#requestId;
  }

  /** The worker has hung up before the answer was complete. */
  get left(): boolean {
    return this.#left;
  }

  watch(watcher: ClientWatcher): void {
    this.#watcher = watcher;
    if (this.#left) watcher.left();
  }

  /** Begins an answer that comes in parts. Its head goes with the first of them where that is there already. */
  begin(status: number, headers: string[]): void {
    if (this.#left) return;
    this.#response.writeHead(status, headers);
    process.nextTick(flushHead, this);
  }

  /** Lets the worker have the head of an answer no part of which is there. */
  flushHead(): void {
    if (!this.#left && !this.#hasWritten && !this.#response.writableEnded) this.#response.flushHeaders();
  }

  /** Passes a copy of the bytes on; false: a slow reader. Nothing happens once it has left. */
  write(bytes: Buffer): boolean {
    this.#hasWritten = true;
    // As a string: Node then writes one piece of memory with all of its framing.
    if (this.#left || this.#response.write(bytes.toString('latin1'), 'latin1')) return true;
    this.#response.once('drain', () => this.#watcher?.drained());
    return false;
  }

  end(): void {
    if (!this.#left) this.#response.end();
  }

  /** Answers in one piece. */
  answer(status: number, headers: string[], body: Buffer): void {
    if (this.#left) return;
    headers.push('content-length', String(body.length));
    this.#response.writeHead(status, headers);
    if (body.length <= SMALL_BYTES) this.#response.end(body.toString('latin1'), 'latin1');
    else this.#response.end(body);
  }

  /** Breaks the connection, as the upstream broke its own: an end would look like a complete answer. */
  cut(): void {
    this.#response.destroy();
  }

  /** Answers with an error of our own, or breaks off an answer that has begun. */
  refuse(refusal: Refusal): void {
    const { requestId } = this;
    if (this.#response.headersSent) this.cut();
    else this.answer(refusal.status, refusalHeaders(refusal, requestId), Buffer.from(refusalBody(refusal, requestId)));
  }
}

const flushHead = (client: Client) => client.flushHead();
