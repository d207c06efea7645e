import { join } from 'node:path';
import { WORKER_PATHS } from '@talkide/contracts';
import type { Config } from '../config.ts';
import { type Conversations, createConversations } from '../conversations/index.ts';
import { type Credit, createCredit } from '../credit/index.ts';
import { createData } from '../data/index.ts';
import { createDomains, type Domains } from '../domains/index.ts';
import { createEgress, type Egress } from '../egress/index.ts';
import { createGateway, type Gateway } from '../gateway/index.ts';
import { createHosting, type Hosting, machineRegistry, npmDir } from '../hosting/index.ts';
import { createMetrics, type Metrics } from '../metrics/index.ts';
import { systemClock as clock } from '../platform/clock.ts';
import type { TurnRow } from '../platform/db/index.ts';
import { createProjects, type Projects } from '../projects/index.ts';
import { AppSupervisor } from '../runtime/index.ts';
import { createUploads, type Uploads } from '../uploads/index.ts';
import { createVariables, type Variables } from '../variables/index.ts';
import { createControlServer } from './control-server.ts';
import { clientPrograms, type Ground, JOURNAL, repositoryDir } from './ground.ts';
import type { People } from './people.ts';
import { publicTlsPort } from './tls.ts';
import { createWorkerLaunch, environmentOf } from './worker-launch.ts';

export interface Work {
  apps: AppSupervisor;
  projects: Projects;
  hosting: Hosting;
  conversations: Conversations;
  gateway: Gateway;
  credit: Credit;
  metrics: Metrics;
  data: ReturnType<typeof createData>;
  egress: Egress;
  uploads: Uploads;
  variables: Variables;
  domains: Domains;
}

/** The modules that need each other: projects ask for builds and first messages, the others ask for projects. */
interface Faces {
  projects(): Projects;
  hosting(): Hosting;
  conversations(): Conversations;
  variables(): Variables;
}

/** The modules about work: projects, conversations with the gateway, hosting. */
export async function createWork(ground: Ground, people: People): Promise<Work> {
  const { lifetime } = ground;
  const made: {
    projects?: Projects;
    hosting?: Hosting;
    conversations?: Conversations;
    variables?: Variables;
    metrics?: Metrics;
  } = {};
  const faces: Faces = {
    projects: () => present(made.projects),
    hosting: () => present(made.hosting),
    conversations: () => present(made.conversations),
    variables: () => present(made.variables),
  };
  const { appIdleSeconds, appFreezeSeconds, appBackgroundSeconds } = ground.config;
  const apps = new AppSupervisor({
    runtime: ground.runtime,
    idleMs: appIdleSeconds * 1000,
    freezeMs: appFreezeSeconds * 1000,
    backgroundMs: appBackgroundSeconds * 1000,
    onState: (id, state) => made.metrics?.processes.changed(id, state.name),
  });
  lifetime.add(() => apps.stopAll());
  made.projects = await makeProjects(ground, people, faces);
  const metrics = createMetrics({
    ...{ db: ground.databases.db, projects: made.projects, onError: ground.onError },
    processOf: (id) => apps.process(id),
  });
  made.metrics = metrics;
  lifetime.add(metrics.close);
  made.variables = createVariables({
    ...{ db: ground.databases.db, vault: ground.vault, log: ground.log, projects: made.projects },
    restart: (owner, kind) => faces.hosting().restart(owner, kind),
  });
  const egress = createEgress({
    ...{ db: ground.databases.db, projects: made.projects, onError: ground.onError },
    folder: join(ground.sockets, 'egress'),
  });
  lifetime.add(egress.close);
  const uploads = createUploads({
    ...{ db: ground.databases.db, storage: ground.storage, secrets: ground.secrets, addresses: ground.addresses },
    limits: ground.config.uploads,
    projects: made.projects,
    folder: join(ground.sockets, 'uploads'),
    onError: ground.onError,
  });
  lifetime.add(uploads.closeAll);
  uploads.start();
  made.hosting = await makeHosting(ground, people, faces, { apps, egress, uploads });
  lifetime.add(made.hosting.close);
  const { conversations, gateway, credit } = await makeConversations(ground, people, faces);
  made.conversations = conversations;
  const data = createData({
    ...{ db: ground.databases.db, projects: made.projects },
    login: made.hosting.dataLogin,
  });
  const domains = makeDomains(ground, made.projects);
  lifetime.add(domains.close);
  return {
    apps,
    data,
    domains,
    metrics,
    egress,
    uploads,
    projects: made.projects,
    hosting: made.hosting,
    conversations,
    gateway,
    credit,
    variables: made.variables,
  };
}

function makeProjects(ground: Ground, { tenancy, identity }: People, faces: Faces): Promise<Projects> {
  const { databases, runtime, home, depsDir, addresses } = ground;
  return createProjects({
    ...{ db: databases.db, runtime, home, depsDir, addresses },
    stacksDir: join(repositoryDir, 'stacks'),
    defaultEnvironment: tenancy.defaultEnvironment,
    authenticatePersonalToken: identity.authenticatePersonalToken,
    isWorking: async (tx, projectId) => {
      const project = await faces.projects().get(tx, projectId);
      return project ? faces.conversations().isWorking(tx, { tenantId: project.tenant_id, projectId }) : false;
    },
    hooks: {
      requestBuild: (tx, build) => faces.hosting().requestBuild(tx, build),
      firstMessage: (tx, message) => faces.conversations().firstMessage(tx, message),
      addressesChanged: (tx, projectId) => faces.hosting().addressesChanged(tx, projectId),
      canKeepData: () => faces.hosting().checkpointsAvailable(),
      restored: (tx, restored) => faces.conversations().noteRestored(tx, restored),
      renamed: (owner) => faces.hosting().restart(owner, 'PUBLISHED'),
      deleting: (tx, project) => faces.hosting().deleting(tx, project),
    },
  });
}

function makeDomains({ databases, vault, log, onError, config, publicUrl }: Ground, projects: Projects): Domains {
  const { hostname, protocol, port } = new URL(publicUrl);
  return createDomains({
    ...{ db: databases.db, clock, vault, projects, log, onError },
    place: { host: hostname, addresses: config.publicAddresses },
    ports: { http: (protocol === 'http:' && Number(port)) || 80, https: publicTlsPort(publicUrl, config.tls?.port) },
    dnsServers: config.dnsServers,
    acme: config.acme,
  });
}

const registryOfMachine = machineRegistry();
const registryOf = async ({ npmRegistry }: Config): Promise<URL> =>
  npmRegistry === undefined ? registryOfMachine() : new URL(npmRegistry);

const stackOf = (faces: Faces, id: string) => present(faces.projects().stacks.find(id) ?? undefined);

function makeHosting(
  ground: Ground,
  { operations }: People,
  faces: Faces,
  { apps, egress, uploads }: { apps: AppSupervisor; egress: Egress; uploads: Uploads },
): Promise<Hosting> {
  const { databases, runtime, secrets, addresses, home, depsDir, sockets, onError } = ground;
  return createHosting({
    ...{ db: databases.db, runtime, apps, addresses, home, depsDir, onError },
    buildsDir: ground.seat.own('builds'),
    projects: faces.projects(),
    variables: faces.variables(),
    ...{ egress, uploads, storage: ground.storage },
    stack: (id) => stackOf(faces, id),
    dataPlane: { ...databases.dataPlane, secrets },
    socketsDir: sockets,
    npm: {
      npmDir,
      registry: () => registryOf(ground.config),
      hosts: ground.config.packageHosts,
      caFile: process.env.NODE_EXTRA_CA_CERTS,
    },
    postgresSocketDir: databases.socketDir,
    toolFolders: clientPrograms,
    seat: ground.seat.seat,
    alone: databases.alone,
    publishOff: () => operations.killSwitch('publish'),
    room: ground.room,
    onBuildFailed: (tx, failed) => faces.conversations().queueRepair(tx, failed),
    onDataNotBroughtBack: (tx, failed) => faces.conversations().noteDataProblem(tx, failed),
  });
}

/** Conversations and the gateway, with the control socket that their workers dial. */
async function makeConversations(
  ground: Ground,
  people: People,
  faces: Faces,
): Promise<Pick<Work, 'conversations' | 'gateway' | 'credit'>> {
  const { databases, runtime, model, log, lifetime, config, cli } = ground;
  const { db } = databases;
  const { killSwitch } = people.operations;
  const control = createControlServer(ground.sockets, log);
  const { provider, publishableKey } = ground.paymentProvider.payments;
  const credit = await createCredit({
    ...{ db, clock, publicUrl: ground.publicUrl, onError: ground.onError },
    fairUsePerDay: config.fairUsePerDay,
    redisUrl: config.redisUrl,
    payments: { provider, publishableKey },
    alone: databases.alone,
  });
  const made: { gateway?: Gateway } = {};
  const conversations = await createConversations({
    ...{ db, clock, log, hub: ground.hub, secrets: ground.secrets, killSwitch },
    projects: faces.projects(),
    defaultEnvironment: people.tenancy.defaultEnvironment,
    onSessionEnded: people.identity.onSessionEnded,
    requestBuild: async (tx, { project, version, turnId }) => {
      const { tenant_id: tenantId, id: projectId } = project;
      const build = { tenantId, projectId, versionId: version.id, commit: version.commit, turnId };
      await faces.hosting().requestBuild(tx, build);
    },
    look: (look, signal) => faces.hosting().look(look, signal),
    changePackages: (of, change, signal) => faces.hosting().changePackages(of, change, signal),
    room: ground.room,
    requireServed: cli ? cli.requireServed : async () => {},
    recordUsage: cli && ((turn, calls) => made.gateway?.record(accessOf(turn), calls)),
    turnClaimed: (turn, token) => {
      if (cli) return;
      made.gateway?.expect(accessOf(turn), token);
      credit.prepare(accessOf(turn));
    },
    settleTurn: async (turnId) => {
      await made.gateway?.settled(turnId);
      await credit.release(turnId);
    },
    waive: credit.waive,
    runtimeStatus: () => runtime.status,
    startWorker: createWorkerLaunch({
      ...{ runtime, repositoryDir, home: ground.home, depsDir: ground.depsDir },
      projects: faces.projects(),
      ...{ controlDir: control.folder, cli },
    }),
    survivors: runtime.survivors.map((process) => ({ environmentId: environmentOf(process.id), process })),
    seat: ground.seat.seat,
    variableNames: (tx, owner) => faces.variables().names(tx, owner),
    stack: (id) => {
      const { name, notes, commands } = stackOf(faces, id);
      return { id, name, notesFile: notes, commands: { build: commands.build, test: commands.test } };
    },
    model: model.model,
  });
  const gateway = await createGateway({
    ...{ db, log, killSwitch, credit, upstream: model, markupPercent: config.markupPercent },
    journalDir: ground.seat.own(JOURNAL),
    costChanged: conversations.costChanged,
  });
  made.gateway = gateway;
  if (!cli) control.pass(WORKER_PATHS.gateway, gateway.handle);
  conversations.workerRoutes(control.app);
  await control.listen();
  // Ended the other way round: workers first, then what they talk to.
  lifetime.add(credit.close);
  lifetime.add(() => control.app.close());
  lifetime.add(gateway.close);
  lifetime.add(() => conversations.close({ keepWorkers: lifetime.leaving }));
  return { conversations, gateway, credit };
}

const accessOf = (turn: TurnRow) => ({
  id: turn.id,
  tenantId: turn.tenant_id,
  userId: turn.user_id,
  projectId: turn.project_id,
  conversationId: turn.conversation_id,
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('used before the platform was put together');
  return value;
}
