import type { ServerResponse } from 'node:http';
import { type Refusal, refusalBody, refusalHeaders } from './refusals.ts';

/** The worker's side of a call: bytes out, as long as it is there. */
export class Client {
  readonly #response: ServerResponse;
  #left = false;
  #onLeft: (() => void) | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => {
      if (response.writableFinished) return;
      this.#left = true;
      this.#onLeft?.();
    });
  }

  /** The worker has hung up before the answer was complete. */
  get left(): boolean {
    return this.#left;
  }

  /** Calls back when it leaves; at once when it has left. */
  onLeft(callback: () => void): void {
    this.#onLeft = callback;
    if (this.#left) callback();
  }

  begin(status: number, headers: Record<string, string>): void {
    if (this.#left) return;
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  /** Passes bytes on; false: a slow reader, `drained` is called once more may come. Nothing happens once it has left. */
  write(bytes: Buffer, drained: () => void): boolean {
    if (this.#left || this.#response.write(bytes)) return true;
    this.#response.once('drain', drained);
    return false;
  }

  end(): void {
    if (!this.#left) this.#response.end();
  }

  /** Answers in one piece. */
  answer(status: number, headers: Record<string, string>, body: Buffer): void {
    if (this.#left) return;
    this.#response.writeHead(status, { ...headers, 'content-length': String(body.length) });
    this.#response.end(body);
  }

  /** Breaks the connection, as the upstream broke its own: an end would look like a complete answer. */
  cut(): void {
    this.#response.destroy();
  }

  /** Answers with an error of our own, or breaks off an answer that has begun. */
  refuse(refusal: Refusal, requestId: string): void {
    if (this.#response.headersSent) this.cut();
    else this.answer(refusal.status, refusalHeaders(refusal, requestId), Buffer.from(refusalBody(refusal, requestId)));
  }
}
