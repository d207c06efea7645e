import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type CallUsage, type UpstreamHealth, usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { bind } from '../platform/http/bind.ts';
import { createHealth } from './calls/health.ts';
import { handle } from './handler.ts';
import type { Kit } from './kit.ts';
import { defaultGatewayTimings, type GatewayDeps } from './ports.ts';
import { createPriceReader } from './prices/price-book.ts';
import { cliRecord } from './record/cli-record.ts';
import { openJournal, readRemains } from './record/journal.ts';
import { createRecorder } from './record/recorder.ts';
import { recover } from './recover.ts';
import { markRefused } from './turns/mark-refused.ts';
import { createTurnTokens, type TurnAccess } from './turns/turn-access.ts';
import { createUpstream } from './upstream/upstream.ts';

export type { GatewayDeps, RefusalReason } from './ports.ts';
export type { CallRecord } from './record/call-record.ts';
export { insertCalls } from './record/store.ts';

export interface Gateway {
  /** The Anthropic-compatible API for the agents of running turns, below WORKER_PATHS.gateway. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Records calls that a developer's own login made past the gateway: they cost nothing here. */
  record(turn: TurnAccess, calls: readonly CallUsage[]): void;
  /** A turn begins, and will call with this token. */
  expect(turn: TurnAccess, token: string): void;
  /** Resolves when every call of the turn that has ended is in the database. */
  settled(turnId: string): Promise<void>;
  /** Records what the gateway of a platform that died left in its journal. */
  takeUp(journalDir: string): Promise<void>;
  /** For the operator. */
  routes(app: FastifyInstance): void;
  /** Takes no more calls, which their agents try again, and lets those under way end, half a minute at most. */
  drain(): Promise<void>;
  /** Lets calls under way end for a while, records everything, and stops. */
  close(): Promise<void>;
}

const HAND_OVER_MS = 30_000;
/** The relay of a worker and the agents wait longer. */
const LONGEST_PAUSE_MS = 50_000;

const pauseWhileAway = (db: GatewayDeps['db']) => () => {
  if (!db.isAway) return null;
  const ended = new AbortController();
  const tooLong = delay(LONGEST_PAUSE_MS, false, { ref: false, signal: ended.signal }).catch(() => false);
  return Promise.race([db.answering().then(() => true), tooLong]).finally(() => ended.abort());
};

/** Holds the model key, lets running turns call the model, meters every call and bounds what it may cost. */
export async function createGateway(deps: GatewayDeps): Promise<Gateway> {
  const { db, log } = deps;
  const timings = { ...defaultGatewayTimings, ...deps.timings };
  const prices = createPriceReader(db);
  // Before this process has a journal of its own there.
  const remains = await readRemains(deps.journalDir);
  const journal = await openJournal(deps.journalDir);
  const { charge, settle } = deps.credit;
  const kit: Kit = {
    ...{ deps, log, timings, prices, journal },
    upstream: createUpstream(deps.upstream, timings.silenceMs),
    health: createHealth(),
    tokens: await createTurnTokens(db),
    recorder: createRecorder({ db, log, journal, charge, settle, costChanged: deps.costChanged }),
    underWay: new Set(),
    stopping: false,
    untilAnswering: pauseWhileAway(db),
    markRefused: (turn, reason) => markRefused(db, turn, reason),
  };
  await recover(remains, { log, prices: await prices(), recorder: kit.recorder });

  const health = (): UpstreamHealth => ({
    host: new URL(deps.upstream.baseUrl).host,
    demo: deps.upstream.demo ?? false,
    inFlight: kit.underWay.size,
    ...kit.health.view(),
  });
  const ended = async (ms: number) => {
    kit.stopping = true;
    const idle = Promise.all([...kit.underWay].map((call) => new Promise<void>((done) => call.whenOver(done))));
    await Promise.race([idle, delay(ms, undefined, { ref: false })]);
  };
  return {
    handle: (request, response) => void handle(kit, request, response),
    record: (turn, calls) => {
      // In the journal by then, so it will be in the database.
      for (const call of calls) kit.recorder.add(cliRecord(turn, call, new Date()), null);
    },
    expect: kit.tokens.expect,
    settled: (turnId) => kit.recorder.settled(turnId),
    takeUp: async (folder) =>
      recover(await readRemains(folder), { log, prices: await prices(), recorder: kit.recorder }),
    routes: (app) => bind(app, usageRoutes.upstreamHealth, async () => health()),
    drain: () => ended(HAND_OVER_MS),
    close: async () => {
      await ended(timings.drainMs);
      for (const call of kit.underWay) call.abort();
      await kit.tokens.close();
      await kit.recorder.close();
      kit.upstream.close();
    },
  };
}
