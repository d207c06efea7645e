import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EventsAck,
  HeartbeatAnswer,
  Look,
  type LookRequest,
  PackagesAnswer,
  type PackagesRequest,
  TurnAssignment,
  type TurnResult,
  WORKER_PATHS,
  type WorkerEvents,
} from '@talkide/contracts';
import type { z } from 'zod';

/** The control plane has been out of reach for longer than a worker waits. */
export class ControlGone extends Error {
  override name = 'ControlGone';
}
/** The lease of the turn is somebody else's now: stop working on it and report nothing. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}
/** The control plane does not know this worker any more. */
export class WorkerRefused extends Error {
  override name = 'WorkerRefused';
}

export type Claim = { kind: 'turn'; turn: TurnAssignment } | { kind: 'none' } | { kind: 'exit' };

export type ControlClient = {
  claim(signal: AbortSignal): Promise<Claim>;
  sendEvents(turnId: string, body: z.infer<typeof WorkerEvents>): Promise<z.infer<typeof EventsAck>>;
  heartbeat(turnId: string, leaseToken: string, signal: AbortSignal): Promise<z.infer<typeof HeartbeatAnswer>>;
  sendResult(turnId: string, result: TurnResult): Promise<void>;
  /** Says that the process which held this lease died in the turn. */
  sendLost(turnId: string, leaseToken: string): Promise<void>;
  /** Asked once only: what it asks of the application may have happened when the answer is lost. */
  look(turnId: string, request: z.infer<typeof LookRequest>, signal: AbortSignal): Promise<Look>;
  packages(turnId: string, request: z.infer<typeof PackagesRequest>, signal: AbortSignal): Promise<PackagesAnswer>;
  close(): void;
};

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
/** Above the server's longest hold of 25 s. */
const ANSWER_TIMEOUT_MS = 40_000;
/** Above the longest look of 120 s. */
const LOOK_TIMEOUT_MS = 150_000;
/** Above two commands of npm, 120 s each at most, and the wait for other projects'. */
const PACKAGES_TIMEOUT_MS = 400_000;

type Post = {
  socketPath: string;
  path: string;
  token: string;
  body: string;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
};

function post(agent: Agent | false, options: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        socketPath: options.socketPath,
        path: options.path,
        method: 'POST',
        headers: {
          authorization: `Bearer ${options.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(options.body),
        },
        timeout: options.timeoutMs ?? ANSWER_TIMEOUT_MS,
        signal: options.signal,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('The control plane did not answer in time.')));
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/**
 * The worker's side of the protocol over the control socket. Every call is tried again with growing pauses until it is
 * answered; after `patienceMs` without any answer it throws ControlGone.
 */
export function createControlClient(options: {
  socketPath: string;
  token: string;
  /** Milliseconds to wait for a control plane that does not answer, asked for while it doesn't. */
  patienceMs(): number;
}): ControlClient {
  const { socketPath, token, patienceMs } = options;
  const agent = new Agent({ keepAlive: true });
  /** Since when no call has been answered; calls are held for long, so their beginning says nothing. */
  let awaySince: number | null = null;

  async function call(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    const text = JSON.stringify(body);
    for (let pause = FIRST_BACKOFF_MS; ; pause = Math.min(pause * 2, MAX_BACKOFF_MS)) {
      try {
        const answer = await post(agent, { socketPath, path, token, body: text, signal });
        awaySince = null;
        if (answer.status === 401 || answer.status === 403) throw new WorkerRefused(`${path}: ${answer.body}`);
        if (answer.status < 500 && answer.status !== 429) return answer;
      } catch (error) {
        if (error instanceof WorkerRefused || signal?.aborted) throw error;
      }
      awaySince ??= performance.now();
      const silence = Math.round(performance.now() - awaySince);
      if (silence > patienceMs()) throw new ControlGone(`No answer for ${silence} ms.`);
      await delay(pause, undefined, { signal });
    }
  }

  /** Any refusal of a turn's call means that the lease is not ours: it ended, was taken over, or its project is gone. */
  function ofLease(answer: Answer): Answer {
    if (answer.status >= 400) throw new LeaseLost(`${answer.status} ${answer.body}`);
    return answer;
  }

  /** On a connection of its own: the answer may take minutes. */
  async function askOnce(path: string, request: unknown, signal: AbortSignal, timeoutMs: number): Promise<unknown> {
    const answer = await post(false, { socketPath, path, token, body: JSON.stringify(request), signal, timeoutMs });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }

  return {
    async claim(signal) {
      const answer = await call(WORKER_PATHS.claim, {}, signal);
      if (answer.status === 200) return { kind: 'turn', turn: TurnAssignment.parse(JSON.parse(answer.body)) };
      if (answer.status === 204) return { kind: answer.headers['x-talkide-idle'] === 'exit' ? 'exit' : 'none' };
      throw new WorkerRefused(`claim: ${answer.status} ${answer.body}`);
    },
    async sendEvents(turnId, body) {
      return EventsAck.parse(JSON.parse(ofLease(await call(WORKER_PATHS.events(turnId), body)).body));
    },
    async heartbeat(turnId, leaseToken, signal) {
      const answer = ofLease(await call(WORKER_PATHS.heartbeat(turnId), { leaseToken }, signal));
      return HeartbeatAnswer.parse(JSON.parse(answer.body));
    },
    async sendResult(turnId, result) {
      ofLease(await call(WORKER_PATHS.result(turnId), result));
    },
    async sendLost(turnId, leaseToken) {
      ofLease(await call(WORKER_PATHS.lost(turnId), { leaseToken }));
    },
    look: async (turnId, request, signal) =>
      Look.parse(await askOnce(WORKER_PATHS.look(turnId), request, signal, LOOK_TIMEOUT_MS)),
    packages: async (turnId, request, signal) =>
      PackagesAnswer.parse(await askOnce(WORKER_PATHS.packages(turnId), request, signal, PACKAGES_TIMEOUT_MS)),
    close: () => agent.destroy(),
  };
}
