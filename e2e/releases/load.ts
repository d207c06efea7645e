import { type Agent, Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

/** What one kind of requests met. */
export interface Lane {
  name: string;
  requests: number;
  /** What was not answered as it should be, each with its moment (ms from the start) and the reason. */
  failed: { at: number; why: string }[];
  /** ms. */
  longest: number;
}

/** Connections that are kept, or one for each request. */
const AGENTS = {
  plain: () => new PlainAgent({ keepAlive: true }),
  secure: () => new SecureAgent({ keepAlive: true }),
  'secure, new': () => new SecureAgent(),
};

/** Sends one request; resolves to its status. */
export type Ask = (agent: Agent) => Promise<number>;

export interface Load {
  add(name: string, everyMs: number, ask: Ask, connections?: keyof typeof AGENTS): void;
  /** Ends it when the requests under way are answered. */
  stop(): Promise<Lane[]>;
}

/** Requests at a steady rate, `slower` times the given pause apart, whether or not the earlier ones were answered; nothing is tried again. */
export function startLoad(slower: number): Load {
  const begun = performance.now();
  const ended = new AbortController();
  const lanes: Lane[] = [];
  const running: Promise<void>[] = [];

  async function once(lane: Lane, ask: Ask, agent: Agent): Promise<void> {
    const at = performance.now();
    lane.requests += 1;
    const why = await ask(agent).then(
      (status) => (status >= 200 && status < 300 ? null : String(status)),
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    lane.longest = Math.max(lane.longest, Math.round(performance.now() - at));
    if (why !== null) lane.failed.push({ at: Math.round(at - begun), why });
  }

  async function keepOn(lane: Lane, everyMs: number, ask: Ask, agent: Agent): Promise<void> {
    const asked: Promise<void>[] = [];
    while (!ended.signal.aborted) {
      asked.push(once(lane, ask, agent));
      await pause(everyMs * slower);
    }
    await Promise.all(asked);
    agent.destroy();
  }

  return {
    add(name, everyMs, ask, connections = 'plain') {
      const lane: Lane = { name, requests: 0, failed: [], longest: 0 };
      lanes.push(lane);
      running.push(keepOn(lane, everyMs, ask, AGENTS[connections]()));
    },
    async stop() {
      ended.abort();
      await Promise.all(running);
      return lanes;
    },
  };
}
