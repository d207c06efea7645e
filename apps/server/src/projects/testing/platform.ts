import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { Database } from '../../platform/db/index.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { createIdempotencyStore } from '../../platform/http/idempotency-store.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createLocalRuntime, type Runtime } from '../../runtime/index.ts';
import { bearerClient, createTenant, type TestClient, type TestTenant } from '../../testing/index.ts';
import { createProjects, type ProjectHooks, type Projects } from '../index.ts';

const repositoryRoot = new URL('../../../../../', import.meta.url).pathname;

export interface TestPlatform {
  app: FastifyInstance;
  projects: Projects;
  home: string;
  /** What the hooks were called with, by their names. */
  calls: { hook: keyof ProjectHooks | 'deleted'; about: unknown }[];
  /** Projects that Mara works on, as far as `isWorking` says. */
  working: Set<string>;
  person(): Promise<TestPerson>;
}

export interface TestPerson extends TestTenant, TestClient {
  token: string;
}

/** The routes of this module on the real kernel, database, sandboxes and git; closed after the test file. */
export async function projectsPlatform(
  db: Database,
  changes: { runtime?: Pick<Runtime, 'run' | 'paths'> } = {},
): Promise<TestPlatform> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'talkide-projects-')));
  const secretFile = join(home, 'secret.key');
  writeFileSync(secretFile, 'secret', { mode: 0o600 });
  const sandboxes = changes.runtime ? null : await localRuntime(home, secretFile);
  const runtime = changes.runtime ?? sandboxes;
  if (!runtime) throw new Error('no runtime');
  const people = new Map<string, Caller>();
  const calls: TestPlatform['calls'] = [];
  const working = new Set<string>();
  const projects = await createProjects({
    db,
    runtime,
    home,
    depsDir: join(repositoryRoot, '.toolchain', 'dependencies'),
    stacksDir: join(repositoryRoot, 'stacks'),
    addresses: {
      preview: (uuid) => `http://${uuid}.localhost:9090`,
      published: (slug) => `http://${slug}.localhost:9090`,
    },
    defaultEnvironment: async (tx, tenantId) =>
      tx.selectFrom('environment').select('id').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow(),
    authenticatePersonalToken: async (token) => people.get(token) ?? null,
    isWorking: async (_tx, projectId) => working.has(projectId),
    hooks: {
      requestBuild: async (_tx, build) => calls.push({ hook: 'requestBuild', about: build }),
      firstMessage: async (_tx, message) => {
        if (message.content === 'fail') throw new Error('as the test asked');
        calls.push({ hook: 'firstMessage', about: message });
      },
      addressesChanged: async (_tx, projectId) => {
        calls.push({ hook: 'addressesChanged', about: projectId });
      },
      canKeepData: async () => true,
      restored: async (_tx, { version }) => calls.push({ hook: 'restored', about: version.versionNumber }),
      renamed: async (owner) => calls.push({ hook: 'renamed', about: owner }),
      deleting: async (_tx, project) => {
        calls.push({ hook: 'deleting', about: project.id });
        return async () => {
          calls.push({ hook: 'deleted', about: project.id });
        };
      },
    },
  });
  const app = await createHttpServer({
    origins: { publicUrl: 'http://localhost:9090', appDomain: 'localhost:9090' },
    trustProxy: false,
    logger: pino({ enabled: false }),
    authenticate: async (bearer) => people.get(bearer) ?? null,
    idempotency: createIdempotencyStore(db),
    frontDoor: { owns: () => false, handle: () => {}, upgrade: () => {} },
  });
  projects.routes(app);
  afterAll(async () => {
    await app.close();
    await sandboxes?.close();
    rmSync(home, { recursive: true, force: true });
  });
  return { app, projects, home, calls, working, person: () => signUp(app, db, people) };
}

const localRuntime = (home: string, secretFile: string): Promise<Runtime> =>
  createLocalRuntime({
    homeId: `test-${process.pid}-${home.slice(-6)}`,
    stateDir: join(home, 'runtime'),
    secretFile,
    bwrap: '/usr/bin/bwrap',
    node: process.execPath,
    arch: process.arch,
  });

let signUps = 0;

async function signUp(app: FastifyInstance, db: Database, people: Map<string, Caller>): Promise<TestPerson> {
  signUps += 1;
  const tenant = await createTenant(db, { email: `person-${signUps}@example.com` });
  const token = `token-${signUps}`;
  people.set(token, { ...tenant, sessionId: `session-${signUps}`, role: 'USER', locale: 'en' });
  return {
    ...tenant,
    token,
    ...bearerClient(app, token),
  };
}
