import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import { type Refusal, refusalBody, refusalHeaders } from './refusals.ts';

/** The worker's side of a call: bytes out, as long as it is there. */
export class Client {
  readonly #raw: FastifyReply['raw'];
  readonly #left = new AbortController();
  #answered = false;

  constructor(reply: FastifyReply) {
    reply.hijack();
    this.#raw = reply.raw;
    this.#raw.once('close', () => {
      if (!this.#raw.writableFinished) this.#left.abort();
    });
  }

  /** Fires when the worker hangs up before the answer is complete. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  begin(status: number, headers: Record<string, string | string[]>): void {
    this.#answered = true;
    if (!this.left.aborted) this.#raw.writeHead(status, headers).flushHeaders();
  }

  /** Passes bytes on and waits for a slow reader; does nothing once it has left. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.left.aborted || this.#raw.write(bytes)) return;
    await once(this.#raw, 'drain', { signal: this.left }).catch(() => undefined);
  }

  end(bytes?: Uint8Array): void {
    if (!this.left.aborted) this.#raw.end(bytes);
  }

  /** Breaks the connection, as the upstream broke its own: an end would look like a complete answer. */
  cut(): void {
    this.#raw.destroy();
  }

  /** Answers with an error of our own, or breaks off an answer that has begun. */
  refuse(refusal: Refusal, requestId: string): void {
    if (this.#answered) {
      this.cut();
      return;
    }
    this.begin(refusal.status, refusalHeaders(refusal, requestId));
    this.end(Buffer.from(refusalBody(refusal, requestId)));
  }
}
