import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Project, projectRoutes, type Release, versionRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, vi } from 'vitest';
import { createFolderStorage } from '../../adapters/storage/index.ts';
import { createCustomHosts } from '../../composition/custom-hosts.ts';
import { createFrontDoor } from '../../composition/front-door.ts';
import { openTls, type Tls } from '../../composition/tls.ts';
import { createData } from '../../data/index.ts';
import { createDomains, type DomainsOptions } from '../../domains/index.ts';
import { createEgress, type Egress, type EgressOptions } from '../../egress/index.ts';
import { createMetrics, type Metrics } from '../../metrics/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { createIdempotencyStore } from '../../platform/http/idempotency-store.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createSecrets } from '../../platform/secrets.ts';
import { createVault } from '../../platform/vault.ts';
import { createProjects, type Projects } from '../../projects/index.ts';
import { type AppState, AppSupervisor, createLocalRuntime, openSocketRoot, type Runtime } from '../../runtime/index.ts';
import { type Answer, bearerClient, createTenant, type TestClient } from '../../testing/index.ts';
import { createUploads, type UploadLimits } from '../../uploads/index.ts';
import { createVariables } from '../../variables/index.ts';
import { createAddresses, createHosting, type FailedBuild, type Hosting, type HostingOptions } from '../index.ts';
import { npmDir } from '../packages/registry.ts';
import { POSTGRES_TOOLS } from '../safety/tool-folders.ts';

const repositoryDir = new URL('../../../../../', import.meta.url).pathname;

export interface Rig {
  projects: Projects;
  egress: Egress;
  hosting: Hosting;
  metrics: Metrics;
  apps: AppSupervisor;
  runtime: Runtime;
  home: string;
  failures: FailedBuild[];
  /** Codes of what hindered data from being brought back. */
  dataProblems: string[];
  errors: unknown[];
  /** Where it listens, without TLS. */
  port: number;
  tls: Pick<Tls, 'port'>;
  /** The kill switch. */
  publishing: { off: boolean };
  person(): Promise<Person>;
  visit(address: string, path?: string, agent?: Agent, more?: VisitMore): Promise<Visited>;
}

export interface Person extends Caller, TestClient {
  /** A new project of theirs. */
  create(name: string): Promise<Project>;
  /** Saves a file, which makes a version. */
  edit(project: Project, path: string, content: string): Promise<void>;
  /** The newest release of a kind (and version) once it has this status. */
  released(project: Project, kind: Release['kind'], status: Release['status'], version?: number): Promise<Release>;
}

/** Where `npm test` puts PostgreSQL's client programs. */
export const postgresToolFolders = [join(repositoryDir, POSTGRES_TOOLS)];

export interface VisitMore {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface Visited {
  status: number;
  body: string;
  headers: IncomingHttpHeaders;
}

export interface RigOptions {
  db: Database;
  dataPlane: { adminUrl: string };
  /** What the internet is for applications; by default nothing has a name. */
  outside?: Pick<EgressOptions, 'resolve' | 'policy'>;
  /** What the DNS and the certificate authority are for domains of people. */
  domains?: Partial<DomainsOptions>;
  /** Where packages come from; by default from nowhere. */
  registry?: URL;
  uploadLimits?: UploadLimits;
  /** Of another system than this one; its home is not below /tmp then. */
  makeRuntime?(at: { home: string; secretFile: string }): Promise<Runtime>;
  /** Replaces parts of what hosting stands on. */
  changes?: (made: { runtime: Runtime }) => Partial<HostingOptions>;
}

/** Hosting with the real template, sandboxes, git and database behind the real edge; closed after the test file. */
export async function hostedRig({
  db,
  dataPlane,
  outside = { resolve: async () => [] },
  domains: domainOptions = {},
  registry = new URL('http://registry.invalid/'),
  uploadLimits = { quotaBytes: 1e6, fileBytes: 4e5, files: 100 },
  makeRuntime,
  changes = () => ({}),
}: RigOptions): Promise<Rig> {
  const home = await realpath(await mkdtemp(join(makeRuntime ? '/var/tmp' : tmpdir(), 'talkide-hosting-')));
  const id = `test-${process.pid}-${home.slice(-6)}`;
  const secretFile = join(home, 'secret.key');
  await writeFile(secretFile, 'secret', { mode: 0o600 });
  const sockets = openSocketRoot(id, '/dev/shm', tmpdir());
  const local = { homeId: id, secretFile, stateDir: join(home, 'sandboxes'), bwrap: '/usr/bin/bwrap' };
  const runtime = makeRuntime
    ? await makeRuntime({ home, secretFile })
    : await createLocalRuntime({ ...local, node: process.execPath, arch: process.arch });
  let metrics: Metrics | undefined;
  const onState = (one: string, state: AppState) => metrics?.processes.changed(one, state.name);
  const apps = new AppSupervisor({ runtime, idleMs: 600_000, onState });
  const people = new Map<string, Caller>();
  const failures: FailedBuild[] = [];
  const errors: unknown[] = [];
  const dataProblems: string[] = [];
  const publishing = { off: false };
  const port = 9090;
  const addresses = createAddresses(`http://localhost:${port}`);
  const made: { hosting?: Hosting } = {};
  const hosting = () => {
    if (!made.hosting) throw new Error('too early');
    return made.hosting;
  };
  const projects: Projects = await createProjects({
    ...{ db, runtime, home, addresses, depsDir: join(repositoryDir, '.toolchain', 'dependencies') },
    stacksDir: join(repositoryDir, 'stacks'),
    defaultEnvironment: (tx, tenantId) =>
      tx.selectFrom('environment').select('id').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow(),
    authenticatePersonalToken: async () => null,
    isWorking: async () => false,
    hooks: {
      requestBuild: (tx, build) => hosting().requestBuild(tx, build),
      firstMessage: async () => {},
      canKeepData: () => hosting().checkpointsAvailable(),
      restored: async () => {},
      addressesChanged: (tx, projectId) => hosting().addressesChanged(tx, projectId),
      renamed: (owner) => hosting().restart(owner, 'PUBLISHED'),
      deleting: (tx, project) => hosting().deleting(tx, project),
    },
  });
  const vault = createVault({ current: 's'.repeat(32) });
  const variables = createVariables({
    ...{ db, vault, projects },
    restart: (owner, kind) => hosting().restart(owner, kind),
    log: pino({ enabled: false }),
  });
  const egress = createEgress({
    ...{ db, projects, folder: join(sockets, 'egress'), ...outside },
    onError: (error) => errors.push(error),
  });
  const storage = await createFolderStorage(join(home, 'objects'));
  const uploads = createUploads({
    ...{ db, projects, addresses, limits: uploadLimits, folder: join(sockets, 'uploads') },
    storage,
    secrets: createSecrets('s'.repeat(32)),
    onError: (error) => errors.push(error),
  });
  made.hosting = await createHosting({
    ...{ db, runtime, apps, projects, variables, egress, uploads, storage, addresses, home },
    buildsDir: join(home, 'builds'),
    stack: (stackId) => {
      const stack = projects.stacks.find(stackId);
      if (!stack) throw new Error(stackId);
      return stack;
    },
    dataPlane: {
      adminUrl: dataPlane.adminUrl,
      database: new URL(dataPlane.adminUrl).pathname.slice(1),
      secrets: createSecrets('s'.repeat(32)),
    },
    npm: { npmDir, registry: async () => registry, hosts: [] },
    toolFolders: postgresToolFolders,
    depsDir: join(repositoryDir, '.toolchain', 'dependencies'),
    socketsDir: sockets,
    postgresSocketDir: new URL(dataPlane.adminUrl).searchParams.get('host') ?? '',
    seat: 1,
    alone: true,
    room: { look: async () => ({ freeMb: 4_000, floorMb: 256, low: false }), require: async () => {} },
    publishOff: async () => ({ enabled: publishing.off, reason: 'maintenance' }),
    onBuildFailed: async (_tx: Tx, failed) => void failures.push(failed),
    onDataNotBroughtBack: async (_tx, { code }) => void dataProblems.push(code),
    onError: (error) => errors.push(error),
    ...changes({ runtime }),
  });
  const counting = createMetrics({
    db,
    projects,
    processOf: (one) => apps.process(one),
    onError: (error) => errors.push(error),
  });
  metrics = counting;
  const onError = (error: unknown) => errors.push(error);
  const domains = createDomains({
    ...{ db, vault, projects, clock: systemClock, log: pino({ enabled: false }), onError },
    ...{ place: { host: 'localhost', addresses: ['127.0.0.1'] }, ports: { http: port, https: 443 } },
    ...{ dnsServers: ['127.0.0.1:9'], acme: null },
    ...domainOptions,
  });
  const { directory } = domains;
  const customHosts = createCustomHosts(directory, 'localhost');
  const tls = await openTls({
    ...{ tls: { port: 0, files: null }, host: '127.0.0.1', trustProxy: false, log: pino({ enabled: false }) },
    ...{ publicUrl: `http://localhost:${port}`, customHosts, directory },
  });
  const door = createFrontDoor({
    ...{ addresses, customHosts, trustProxy: false },
    hosting: made.hosting,
    begin: (one) => apps.begin(one),
    ...{ metrics: counting, uploads },
    firstByteMs: 60_000,
    onFailure: () => {},
  });
  const app = await createHttpServer({
    origins: { publicUrl: `http://localhost:${port}`, appDomain: addresses.domain },
    trustProxy: false,
    logger: pino({ enabled: false }),
    authenticate: async (bearer) => people.get(bearer) ?? null,
    idempotency: createIdempotencyStore(db),
    frontDoor: door,
    ...{ guard: tls.guard, alsoServe: tls.serve },
  });
  projects.routes(app);
  domains.routes(app);
  made.hosting.routes(app);
  createData({ db, projects, login: made.hosting.dataLogin }).routes(app);
  variables.routes(app);
  counting.routes(app);
  egress.routes(app);
  uploads.routes(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const listening = (app.server.address() as AddressInfo).port;
  await tls.listen();
  await domains.start();
  await domains.watch();
  await made.hosting.start(() => projects.templates());
  afterAll(async () => {
    await domains.close();
    await tls.close();
    await app.close();
    door.close();
    await hosting().close();
    await apps.stopAll();
    await counting.close();
    await egress.close();
    await uploads.closeAll();
    await runtime.close();
    await Promise.all([home, sockets].map((folder) => rm(folder, { recursive: true, force: true })));
  });

  return {
    ...{ projects, metrics: counting, egress, hosting: made.hosting, apps, runtime, home, failures, errors },
    dataProblems,
    publishing,
    ...{ port: listening, tls },
    person: () => newPerson(app, db, people),
    visit: (address, path = '/', agent, more) => visit(listening, new URL(address).host, path, { agent, ...more }),
  };
}

async function newPerson(app: FastifyInstance, db: Database, people: Map<string, Caller>): Promise<Person> {
  const tenant = await createTenant(db, { email: `p${people.size + 1}@example.com` });
  const caller: Caller = { ...tenant, sessionId: '1', role: 'USER', locale: 'en' };
  people.set(caller.userId, caller);
  const { call } = bearerClient(app, caller.userId);
  const expected = async <B>(status: number, answer: Promise<Answer<B>>): Promise<B> => {
    const { status: got, body } = await answer;
    if (got !== status) throw new Error(`${got}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    ...{ ...caller, call },
    create: (name) => expected(201, call(projectRoutes.createProject, { body: { name } })),
    edit: async (project, path, content) => {
      const file = { params: { id: project.id }, query: { path } };
      const current = await call(projectRoutes.readFile, file);
      const [condition, etag] = current.status === 200 ? ['if-match', current.body.etag] : ['if-none-match', '*'];
      const headers = { [condition]: etag };
      await expected(200, call(projectRoutes.writeFile, { ...file, body: { content }, headers }));
    },
    released: (project, kind, status, version) =>
      eventually(async () => {
        const { items } = await expected(200, call(versionRoutes.listReleases, { params: { id: project.id } }));
        const newest = items.find((one) => one.kind === kind && one.versionNumber === (version ?? one.versionNumber));
        return newest?.status === status && newest;
      }),
  };
}

/** Asks an application by its address. */
function visit(
  port: number,
  host: string,
  path: string,
  { agent, method = 'GET', headers = {}, body: sent = '' }: VisitMore & { agent: Agent | undefined },
): Promise<Visited> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, host }, ...(agent ? { agent } : {}) },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
        answer.on('error', reject);
      },
    );
    asked.on('error', reject).end(sent);
  });
}

/** Waits for what builds and releases bring about. */
export const eventually = <T>(look: () => Promise<T | undefined | false | null>): Promise<T> =>
  vi.waitUntil(look, { timeout: 50_000, interval: 20 }) as Promise<T>;
