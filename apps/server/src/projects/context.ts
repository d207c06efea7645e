import type { ProjectVersion } from '@talkide/contracts';
import type { Database, Tx } from '../platform/db/index.ts';
import type { Git } from './git/git.ts';
import type { Modules } from './modules.ts';
import type { Places } from './places.ts';
import type { Screenshots } from './screenshots.ts';
import type { Stacks } from './stacks/loader.ts';
import type { Templates } from './stacks/template.ts';
import type { ProjectRow } from './store.ts';
import type { Addresses } from './view.ts';

/** What other modules do when something happens to a project. */
export interface ProjectHooks {
  /** Asks for the build of a new version, in the transaction that makes it. */
  requestBuild(
    tx: Tx,
    build: { tenantId: string; projectId: string; versionId: string; commit: string; turnId: string | null },
  ): Promise<unknown>;
  /** Sends the first message to Mara, in the transaction that makes the project. */
  firstMessage(
    tx: Tx,
    message: { tenantId: string; userId: string; projectId: string; content: string },
  ): Promise<unknown>;
  /** Says that a project went offline or came back (paused, resumed, archived, restored), in that transaction. */
  addressesChanged(tx: Tx, projectId: string): Promise<void>;
  /** Whether data of versions can be kept and brought back here. */
  canKeepData(): Promise<boolean>;
  /** Told that a project went back to a version, in the transaction that makes the new one. */
  restored(
    tx: Tx,
    restored: { tenantId: string; projectId: string; locale: 'en' | 'cs'; version: ProjectVersion },
  ): Promise<unknown>;
  /** Told after a project got another address. */
  renamed(owner: { tenantId: string; projectId: string }): Promise<unknown>;
  /**
   * Called in the transaction that deletes a project, while its rows are still there. What it returns is called once
   * they are gone: applications stop, their data is dropped.
   */
  deleting(tx: Tx, project: ProjectRow): Promise<() => Promise<void>>;
}

/** What the parts of this module share. */
export interface Context {
  db: Database;
  git: Git;
  places: Places;
  modules: Modules;
  stacks: Stacks;
  templates: Templates;
  addresses: Addresses;
  screenshots: Screenshots;
  hooks: ProjectHooks;
  /** The tenant's DEFAULT environment, made when there is none. */
  defaultEnvironment(tx: Tx, tenantId: string): Promise<{ id: string }>;
  /** Whether a turn of the project is queued or running. */
  isWorking(tx: Tx, projectId: string): Promise<boolean>;
}
