import type { ProjectVersion } from '@talkide/contracts';
import type { Tx } from '../platform/db/index.ts';
import type { DataProblem } from './checkpoints/checkpoints.ts';

/** What hosting needs to know of a stack. */
export interface HostedStack {
  id: string;
  /** Key of the shared dependencies that its lockfile names. */
  dependenciesKey: string;
  commands: { build: readonly string[]; run: readonly string[] };
  outputs: readonly string[];
  healthPath: string;
  /** Folder of migrations among the outputs. */
  migrations?: string | undefined;
}

/** The project as hosting sees it. */
export interface HostedProject {
  id: string;
  tenant_id: string;
  environment_id: string | null;
  name: string;
  slug: string;
  /** Names its data; the slug that it was made with. */
  data_slug: string;
  accent: string;
  status: string;
  stack_id: string;
  preview_uuid: string;
}

/** Paused and archived projects keep their releases; nothing of them answers. */
export const isOffline = (status: string): boolean => status === 'PAUSED' || status === 'ARCHIVED';

export type StatusEvent = 'BUILD_STARTED' | 'BUILD_ENDED' | 'PUBLISHED' | 'UNPUBLISHED' | 'CHANGED';

/** The face of the projects module that hosting uses. */
export interface ProjectsPort {
  get(tx: Tx, projectId: string): Promise<HostedProject | null>;
  /** Moves the project's status and tells the feed; an event that does not apply now changes nothing. */
  applyStatus(tx: Tx, projectId: string, event: StatusEvent): Promise<void>;
  /** Tells the feed how the project looks now. */
  announce(tx: Tx, projectId: string): Promise<void>;
  versionView(tx: Tx, tenantId: string, versionId: string): Promise<ProjectVersion | null>;
  /** Keeps what the working tree holds now; the name of its git tree. */
  snapshotTree(project: HostedProject): Promise<string>;
  /** Lays the files of a commit, or of a snapshot, into an empty folder. */
  checkoutCommit(project: { id: string }, commit: string, targetDir: string): Promise<void>;
  /** Where the packages of a project's own are, if there are any; sandboxes can't write there. */
  packagesDir(project: HostedProject): Promise<string>;
}

/** Ways out of sandboxes, by the id of the process. */
export interface EgressPort {
  openForApp(
    id: string,
    owner: { tenantId: string; projectId: string; kind: 'PREVIEW' | 'PUBLISHED' },
  ): Promise<string>;
  /** To the given hosts only; lower case, in their plain form. */
  openForPackages(
    id: string,
    owner: { tenantId: string; projectId: string },
    hosts: readonly { host: string; port: number }[],
  ): Promise<string>;
  closeFor(id: string): Promise<void>;
}

/** Where applications keep files, by the id of the process; of a look they are gone with it. */
export interface UploadsPort {
  open(id: string, owner: FilesOwner): Promise<string>;
  close(id: string): Promise<void>;
  clear(owner: FilesOwner): Promise<void>;
  /** A project is being deleted; the answer, called once it is gone, removes its files. */
  deleting(tx: Tx, project: { tenantId: string; projectId: string }): Promise<() => Promise<void>>;
}

export interface FilesOwner {
  tenantId: string;
  projectId: string;
  kind: 'PREVIEW' | 'PUBLISHED' | 'LOOK';
}

/** What applications are told by their owners. */
export interface VariablesPort {
  read(
    tx: Tx,
    owner: { tenantId: string; projectId: string },
    kind: 'PREVIEW' | 'PUBLISHED',
  ): Promise<Record<string, string>>;
  names(tx: Tx, owner: { tenantId: string; projectId: string }): Promise<string[]>;
}

/** Told after a build failed, in the transaction that records it. */
export interface FailedBuild {
  tenantId: string;
  projectId: string;
  versionId: string;
  turnId: string | null;
  buildId: string;
  fingerprint: string;
  logTail: string;
}

/** Told when a version did not get the data that it was to go back to, in the transaction that records it. */
export interface FailedData {
  tenantId: string;
  projectId: string;
  code: DataProblem;
}
