import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Look, LookStep, PackagesAnswer } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { ObjectStorage } from '../adapters/storage/index.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import type { Room } from '../platform/room.ts';
import type { Runtime } from '../runtime/index.ts';
import type { Addresses, ReleaseKind } from './app-spec.ts';
import type { BuildRequest } from './build-queue.ts';
import type { CheckpointLimits } from './checkpoints/checkpoints.ts';
import type { DataLogin, DataPlaneOptions } from './data-plane.ts';
import type { AppProcesses } from './launcher.ts';
import type { NpmOptions } from './packages/npm.ts';
import type { PackagesChange } from './packages/packages.ts';
import { assembleHosting } from './parts.ts';
import type {
  EgressPort,
  FailedBuild,
  FailedData,
  HostedProject,
  HostedStack,
  ProjectsPort,
  UploadsPort,
  VariablesPort,
} from './ports.ts';
import { failLeft } from './releases.ts';
import type { RestartEffect } from './restarts.ts';
import type { ReleaseTarget, Target } from './targets.ts';
import type { TemplateSource } from './templates.ts';

export { type Addresses, createAddresses } from './app-spec.ts';
export { processId } from './launcher.ts';
export { machineRegistry, npmDir } from './packages/registry.ts';
export type { FailedBuild, HostedProject, HostedStack, ProjectsPort } from './ports.ts';
export { toolFolders } from './safety/tool-folders.ts';
export type { Target } from './targets.ts';
export type { TemplateSource } from './templates.ts';

export interface HostingOptions {
  db: Database;
  runtime: Runtime;
  apps: AppProcesses;
  projects: ProjectsPort;
  stack(id: string): HostedStack;
  variables: VariablesPort;
  egress: EgressPort;
  uploads: UploadsPort;
  /** Where dumps of preview databases are kept. */
  storage: ObjectStorage;
  checkpointLimits?: CheckpointLimits;
  dataPlane: DataPlaneOptions;
  addresses: Addresses;
  /** Artefacts and logs live below it. */
  home: string;
  /** Where builds happen. This process's alone: what lies there at the start is left over. */
  buildsDir: string;
  depsDir: string;
  /** Where packages of the applications' own come from. */
  npm: Omit<NpmOptions, 'runtime' | 'egress'>;
  /** Where PostgreSQL's client programs may be, best first. */
  toolFolders: readonly string[];
  socketsDir: string;
  postgresSocketDir: string | undefined;
  /** Of this process in the home. */
  seat: number;
  /** No other process uses the database or the home: what is under way at the start was left by a dead one. */
  alone: boolean;
  room: Pick<Room, 'look' | 'require'>;
  publishOff(): Promise<{ enabled: boolean; reason: string }>;
  onBuildFailed(tx: Tx, failed: FailedBuild): Promise<void>;
  onDataNotBroughtBack(tx: Tx, failed: FailedData): Promise<void>;
  onError(error: unknown): void;
}

export interface Hosting {
  routes(app: FastifyInstance): void;
  /** Queues the build of a version; its success becomes the preview. */
  requestBuild(tx: Tx, build: BuildRequest): Promise<string>;
  /** What answers at a host. */
  find(host: string | undefined): Promise<Target>;
  /** What a project has published: for hosts of its own. */
  published(projectId: string): Promise<Target>;
  /** Waits for the first release of a project that is still being built. */
  firstRelease(host: string): Promise<ReleaseTarget>;
  /**
   * Builds and starts the working tree as it is now, on an empty database, asks it, and ends it. Rejects with the
   * signal's reason when that fires, and with `not_found`.
   */
  look(look: { tenantId: string; projectId: string; steps: readonly LookStep[] }, signal: AbortSignal): Promise<Look>;
  /**
   * Changes the packages of an application: answers with the two files as they have to be and where they are installed.
   * Rejects with the signal's reason when that fires, and with `not_found`.
   */
  changePackages(
    of: { tenantId: string; projectId: string },
    change: PackagesChange,
    signal: AbortSignal,
  ): Promise<PackagesAnswer>;
  /** The Unix socket of the process behind a target; starts it when it sleeps. */
  wake(target: ReleaseTarget): Promise<string>;
  /** How the platform logs in to an application's data, as the application; null when there is none. */
  dataLogin(project: HostedProject, kind: ReleaseKind): Promise<DataLogin | null>;
  /** Whether this machine can keep and bring back the data of versions. */
  checkpointsAvailable(): Promise<boolean>;
  /** Starts what serves anew, without a failed request, so that it takes new variables. */
  restart(owner: { tenantId: string; projectId: string }, kind: ReleaseKind): Promise<RestartEffect>;
  /** Says that a project went offline or came back; what must not run any more is stopped. */
  addressesChanged(tx: Tx, projectId: string): Promise<void>;
  /** A project is being deleted; the answer, called once it is gone, drops its data and stops its applications. */
  deleting(tx: Tx, project: HostedProject): Promise<() => Promise<void>>;
  /** Starts working; templates are built ahead in the background. */
  start(templates: () => Promise<readonly TemplateSource[]>): Promise<void>;
  /** Ends what a platform that died in another seat was starting. */
  takeUp(seat: number): Promise<void>;
  /** Resolves when no publish is under way. */
  settled(): Promise<void>;
  /** Leaves what is under way to the next process and stops. */
  close(): Promise<void>;
}

export async function createHosting(options: HostingOptions): Promise<Hosting> {
  for (const name of ['artefacts', 'builds', 'log/builds', 'log/apps', 'caches'])
    await mkdir(join(options.home, name), { recursive: true });
  // Before anything is asked of this process: what starts in its seat now is an earlier one's.
  await options.db.system((tx) => failLeft(tx, options.seat));
  return assembleHosting(options);
}
