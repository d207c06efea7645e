import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallUsage, conversationRoutes } from '@talkide/contracts';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { DomainError } from '../../errors.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { createEventHub } from '../../platform/events.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { createIdempotencyStore } from '../../platform/http/idempotency-store.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createSecrets } from '../../platform/secrets.ts';
import type { RuntimeStatus } from '../../runtime/runtime.ts';
import { bearerClient, createProject, createTenant, type TestClient, type TestTenant } from '../../testing/index.ts';
import { type Conversations, createConversations, workerToken } from '../index.ts';
import type { ConversationsDeps, Timings } from '../ports.ts';
import { type FakeProjects, fakeProjects } from './fake-projects.ts';
import { FakeWorkerClient } from './fake-worker-client.ts';
import { fakeWorkers } from './fake-workers.ts';
import { type Feed, openFeed } from './feed-reader.ts';

export interface Person extends TestTenant, TestClient {
  projectId: string;
  conversationId: string;
  sessionId: string;
  /** Says something in her conversation and gives back the turn. */
  say(content: string): Promise<{ messageId: string; turnId: string }>;
  feed(path: string, headers?: Record<string, string>): Promise<Feed>;
  /** Speaks for the worker of her environment. */
  worker: FakeWorkerClient;
}

export interface Rig {
  app: FastifyInstance;
  conversations: Conversations;
  projects: FakeProjects;
  workers: ReturnType<typeof fakeWorkers>;
  builds: { turnId: string; commit: string }[];
  /** Turns whose calls were settled, and whose cost was given back. */
  money: { settled: string[]; waived: string[] };
  socketPath: string;
  /** What the operator and the machine allow. */
  state: {
    agentsOff: boolean;
    runtime: RuntimeStatus;
    look: ConversationsDeps['look'];
    changePackages: ConversationsDeps['changePackages'];
    /** Tenants whose turns agents may not run. */
    unserved: Set<string>;
    /** Names that projects have. */
    variables: string[];
  };
  /** What workers told of the usage of their calls. */
  usage: { turnId: string; call: CallUsage }[];
  endSession(sessionId: string): void;
  person(): Promise<Person>;
  /** Another project of the person's tenant. */
  project(person: Person): Promise<{ projectId: string; conversationId: string }>;
}

const seesNothing: ConversationsDeps['look'] = async () => ({ outcome: 'answered', answers: [], log: '' });

/** Times that let a test see a lease run out. */
const quick: Partial<Timings> = {
  leaseMs: 1_000,
  claimHoldMs: 300,
  heartbeatHoldMs: 300,
  stopGraceMs: 400,
  reapEveryMs: 50,
  workerIdleMs: 600,
};

/** The module on the real kernel, database and control socket; projects and worker processes are stand-ins. */
export async function conversationsRig(
  db: Database,
  timings: Partial<Timings> = {},
  {
    survivors = null,
    start = true,
    seat = 1,
  }: Partial<Pick<ConversationsDeps, 'survivors' | 'seat'>> & { start?: boolean } = {},
): Promise<Rig> {
  const secrets = createSecrets('s'.repeat(32));
  const state: Rig['state'] = {
    agentsOff: false,
    runtime: { status: 'available', limits: 'cgroup-v2', grade: 'production' },
    look: seesNothing,
    changePackages: async () => ({ outcome: 'unavailable', reason: 'Not here.' }),
    unserved: new Set(),
    variables: [],
  };
  const usage: Rig['usage'] = [];
  const projects = fakeProjects();
  const workers = fakeWorkers();
  const builds: Rig['builds'] = [];
  const money: Rig['money'] = { settled: [], waived: [] };
  const sessionListeners: ((sessionId: string) => void)[] = [];
  const people = new Map<string, Caller>();
  const log = pino({ enabled: false });

  const conversations = await createConversations({
    db,
    hub: await createEventHub(db),
    clock: systemClock,
    secrets,
    log,
    projects,
    defaultEnvironment: (tx, tenantId) =>
      tx.selectFrom('environment').select('id').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow(),
    killSwitch: async () => ({ enabled: state.agentsOff, reason: 'Maintenance' }),
    onSessionEnded: (listener) => void sessionListeners.push(listener),
    requestBuild: async (_tx, { version, turnId }) => void builds.push({ turnId, commit: version.commit }),
    look: (look, signal) => state.look(look, signal),
    changePackages: (of, change, signal) => state.changePackages(of, change, signal),
    room: { look: async () => ({ freeMb: 4_000, floorMb: 256, low: false }), require: async () => {} },
    requireServed: async (tenantId) => {
      if (state.unserved.has(tenantId)) throw new DomainError('agents_not_yours');
    },
    recordUsage: (turn, calls) => void usage.push(...calls.map((call) => ({ turnId: turn.id, call }))),
    turnClaimed: () => {},
    settleTurn: async (turnId) => void money.settled.push(turnId),
    waive: async (_tx, turn) => money.waived.push(turn.id) > 0,
    runtimeStatus: () => state.runtime,
    startWorker: workers.start,
    survivors,
    seat,
    variableNames: async () => state.variables,
    stack: (id) => ({ id, name: 'Stack', notesFile: 'AGENTS.md', commands: { build: ['build'], test: ['test'] } }),
    model: 'talkide-demo',
    timings: { ...quick, ...timings },
  });

  const folder = await mkdtemp(join(tmpdir(), 'tk-conv-'));
  const socketPath = join(folder, 'control.sock');
  const control = Fastify({ forceCloseConnections: true });
  conversations.workerRoutes(control);
  await control.listen({ path: socketPath });

  const app = await createHttpServer({
    origins: { publicUrl: 'http://localhost:9090', appDomain: 'localhost:9090' },
    trustProxy: false,
    logger: log,
    authenticate: async (bearer) => people.get(bearer) ?? null,
    idempotency: createIdempotencyStore(db),
    frontDoor: { owns: () => false, handle: () => {}, upgrade: () => {} },
  });
  conversations.routes(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  if (start) await conversations.start();
  afterAll(async () => {
    await conversations.close();
    await app.close();
    await control.close();
    await rm(folder, { recursive: true });
  });

  const person = async (): Promise<Person> => {
    const name = `person-${people.size + 1}`;
    const tenant = await createTenant(db, { email: `${name}-${randomUUID()}@example.com` });
    const place = await createProject(db, tenant);
    const caller: Caller = { ...tenant, sessionId: `session of ${name}`, role: 'USER', locale: 'en' };
    people.set(name, caller);
    const { call } = bearerClient(app, name);
    return {
      ...tenant,
      ...place,
      sessionId: caller.sessionId,
      call,
      say: async (content) => {
        const { status, body } = await call(conversationRoutes.sendMessage, {
          params: { id: place.conversationId },
          body: { content },
        });
        if (status !== 201) throw new Error(`sendMessage answered ${status}: ${JSON.stringify(body)}`);
        return { messageId: body.message.id, turnId: body.turn.id };
      },
      feed: (path, headers = {}) => openFeed(app, path, { authorization: `Bearer ${name}`, ...headers }),
      worker: new FakeWorkerClient(socketPath, workerToken(secrets, tenant.environmentId)),
    };
  };

  return {
    app,
    conversations,
    projects,
    workers,
    builds,
    money,
    usage,
    socketPath,
    state,
    endSession: (sessionId) => {
      for (const listener of sessionListeners) listener(sessionId);
    },
    person,
    project: (one) => createProject(db, one),
  };
}

/** A commit that changes one file. */
export const oneFile = (commit = 'c1') => ({
  commit,
  tree: `tree of ${commit}`,
  files: [{ path: 'src/App.vue', previousPath: null, change: 'MODIFIED' as const, additions: 3, deletions: 1 }],
});
