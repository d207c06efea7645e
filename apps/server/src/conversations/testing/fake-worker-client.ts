import { request } from 'node:http';
import {
  type EventsAck,
  type HeartbeatAnswer,
  type TurnAssignment,
  type TurnResult,
  WORKER_PATHS,
  type WorkerEvent,
} from '@talkide/contracts';
import type { z } from 'zod';

export interface WorkerAnswer<B> {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: B;
}

type Said = WorkerEvent extends infer E ? (E extends unknown ? Omit<E, 'seq'> & { seq?: number } : never) : never;

/** Speaks the worker protocol over the real control socket. */
export class FakeWorkerClient {
  readonly #socketPath: string;
  readonly #token: string;

  constructor(socketPath: string, token: string) {
    this.#socketPath = socketPath;
    this.#token = token;
  }

  post<B = unknown>(path: string, body: unknown, signal?: AbortSignal): Promise<WorkerAnswer<B>> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: this.#socketPath,
          path,
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
          signal,
        },
        async (incoming) => {
          const chunks: Buffer[] = [];
          for await (const chunk of incoming) chunks.push(chunk as Buffer);
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: text ? JSON.parse(text) : undefined,
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(body));
    });
  }

  async claim(): Promise<FakeTurn> {
    const answer = await this.post<TurnAssignment>(WORKER_PATHS.claim, {});
    if (answer.status !== 200) throw new Error(`claim answered ${answer.status}`);
    return new FakeTurn(this, answer.body);
  }
}

/** One leased turn. */
export class FakeTurn {
  readonly assignment: TurnAssignment;
  readonly #client: FakeWorkerClient;
  #seq: number;

  constructor(client: FakeWorkerClient, assignment: TurnAssignment) {
    this.#client = client;
    this.assignment = assignment;
    this.#seq = assignment.nextSeq;
  }

  /** Reports events, numbered on unless they say their number. */
  report(events: Said[], live: unknown[] = []): Promise<WorkerAnswer<z.infer<typeof EventsAck>>> {
    const numbered = events.map((event) => ({ ...event, seq: event.seq ?? this.#seq++ }));
    return this.#client.post(WORKER_PATHS.events(this.assignment.turnId), {
      leaseToken: this.assignment.leaseToken,
      events: numbered,
      live,
    });
  }

  say(content: string): Promise<WorkerAnswer<z.infer<typeof EventsAck>>> {
    return this.report([{ type: 'message', content, question: null }]);
  }

  live(block: number, offset: number, text: string): Promise<WorkerAnswer<z.infer<typeof EventsAck>>> {
    return this.report([], [{ agentRole: 'talkide-pm', block, offset, text }]);
  }

  heartbeat(signal?: AbortSignal): Promise<WorkerAnswer<z.infer<typeof HeartbeatAnswer>>> {
    const { turnId, leaseToken } = this.assignment;
    return this.#client.post(WORKER_PATHS.heartbeat(turnId), { leaseToken }, signal);
  }

  lost(leaseToken = this.assignment.leaseToken): Promise<WorkerAnswer<unknown>> {
    return this.#client.post(WORKER_PATHS.lost(this.assignment.turnId), { leaseToken });
  }

  end(outcome: TurnResult['outcome'], errorCode: TurnResult['errorCode'] = null): Promise<WorkerAnswer<unknown>> {
    const { turnId, leaseToken } = this.assignment;
    const result: TurnResult = { leaseToken, outcome, errorCode, errorDetail: null, lastSeq: this.#seq - 1 };
    return this.#client.post(WORKER_PATHS.result(turnId), result);
  }
}

/** An activity as a worker reports it. */
export const activity = (more: Partial<Extract<WorkerEvent, { type: 'activity' }>>): Said => ({
  type: 'activity',
  agentRole: 'talkide-pm',
  eventType: 'TOOL_USE',
  taskKey: null,
  description: '',
  toolName: null,
  toolCategory: null,
  toolSummary: null,
  payload: null,
  ...more,
});
