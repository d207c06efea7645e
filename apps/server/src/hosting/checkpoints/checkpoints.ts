import type { Database, Tx } from '../../platform/db/index.ts';
import { appendEvent } from '../../platform/events.ts';
import type { AppRef } from '../data-plane.ts';
import type { HostedProject, ProjectsPort } from '../ports.ts';
import { lockProject } from '../releases.ts';
import * as store from './checkpoint-store.ts';
import { DumpMissing, type Dumps, DumpTooLarge } from './dumps.ts';
import type { PreviewDatabase } from './preview-database.ts';

export interface CheckpointLimits extends store.Bounds {
  /** Of one dump, and of the database that is dumped. */
  bytes: number;
}

export const CHECKPOINT_LIMITS: CheckpointLimits = { bytes: 64 << 20, count: 20, totalBytes: 256 << 20 };

const REASONS = {
  data_too_large:
    'The data that the preview has now is too large to be kept, so it was not replaced. Go back with the code alone.',
  data_unsaved:
    'The data that the preview has now could not be kept, so it was not replaced. Try again, or go back with the code alone.',
  data_gone: 'The data of that version is no longer there. The data that the preview has now is as it was.',
  data_unusable: 'The data of that version could not be brought back. The data that the preview has now is as it was.',
} as const;
export type DataProblem = keyof typeof REASONS;

/** The data of a version could not be brought back: what the preview keeps is as it was. */
export class DataNotBroughtBack extends Error {
  readonly code: DataProblem;
  constructor(code: DataProblem, cause?: unknown) {
    super(REASONS[code], { cause });
    this.code = code;
  }
}

export interface CheckpointsOptions {
  db: Database;
  projects: Pick<ProjectsPort, 'versionView'>;
  dumps: Dumps;
  previews: PreviewDatabase;
  /** Sees to it that the application's own role can log in. */
  ready(app: AppRef): Promise<unknown>;
  /** Ends all that runs in a project's preview, so that nothing of it starts any more. */
  clearStage(project: HostedProject): Promise<void>;
  /** Starts what the preview served before. */
  serveAgain(project: HostedProject): Promise<void>;
  limits: CheckpointLimits;
  onError(error: unknown): void;
}

export interface Checkpoints {
  /** False when this machine has no pg_dump of the server's version. */
  available(): Promise<boolean>;
  /**
   * Right before a version starts in the preview: keeps the data for the version that had it, and brings data back where a
   * version asks for it. May be repeated at any step. Throws `DataNotBroughtBack`.
   */
  prepare(project: HostedProject, versionId: string): Promise<void>;
  /** The build of a version is given up, and with it what it was to bring back. */
  abandon(project: HostedProject, versionId: string): Promise<void>;
  /** A project is being deleted; the answer, called once it is gone, removes its dumps. */
  deleting(tx: Tx, owner: store.Owner): Promise<() => Promise<void>>;
  sweep(): Promise<void>;
}

/** How often what changes while it is being kept is kept anew before its data is exchanged. */
const ATTEMPTS = 3;

const appOf = (project: HostedProject): AppRef => ({ tenantId: project.tenant_id, slug: project.data_slug });
const ownerOf = ({ tenant_id: tenantId, id: projectId }: HostedProject) => ({ tenantId, projectId });
const markOf = (versionId: string) => `Data brought back with version ${versionId}`;

export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { db, dumps, previews, limits, onError } = options;

  /** Dumps the data, unless it was dumped just as it is. Null: there is none. Never throws. */
  async function keep(project: HostedProject): Promise<{ id: string; fingerprint: string } | store.Outcome | null> {
    const app = appOf(project);
    try {
      const bytes = await previews.bytes(app);
      if (bytes === null) return null;
      if (bytes > limits.bytes) return { status: 'TOO_LARGE' };
      await options.ready(app);
      // Before the dump: what changes after this look makes the next one differ.
      const fingerprint = await previews.fingerprint(app);
      const id = await db.system((tx) => store.findSame(tx, ownerOf(project), fingerprint));
      if (id) return { id, fingerprint };
      const { key, bytes: size } = await dumps.make(app, project.id, limits.bytes);
      return { status: 'KEPT', objectKey: key, bytes: size, fingerprint };
    } catch (error) {
      if (error instanceof DumpTooLarge) return { status: 'TOO_LARGE' };
      if (await dumps.available()) onError(error);
      return { status: 'FAILED' };
    }
  }

  const announce = async (tx: Tx, { tenant_id: tenantId, id: projectId }: HostedProject, ids: readonly string[]) => {
    for (const id of new Set(ids)) {
      const version = await options.projects.versionView(tx, tenantId, id);
      if (version) await appendEvent(tx, { tenantId, projectId }, { type: 'version.updated', version });
    }
  };

  /** Keeps the data for the versions that had it; the fingerprint of what was kept, null when there is none. */
  async function keepFor(project: HostedProject, due: store.Due): Promise<string | null> {
    const kept = await keep(project);
    if (kept === null) return null;
    const owner = ownerOf(project);
    const last = due.bringBack !== null && !('status' in kept && kept.status !== 'KEPT');
    try {
      const { keys } = await db.system(async (tx) => {
        await lockProject(tx, project.id);
        const id = 'id' in kept ? kept.id : await store.addCheckpoint(tx, owner, kept);
        const told = await store.assign(tx, owner, id, { ...due, last });
        const old = await store.collectOld(tx, owner, limits);
        await announce(tx, project, [...told, ...old.versionIds]);
        return old;
      });
      await dumps.remove(keys);
    } catch (error) {
      if ('objectKey' in kept) await dumps.remove([kept.objectKey]).catch(onError);
      throw error;
    }
    if ('fingerprint' in kept) return kept.fingerprint;
    throw new DataNotBroughtBack(kept.status === 'TOO_LARGE' ? 'data_too_large' : 'data_unsaved');
  }

  async function bringBack(project: HostedProject, due: store.Due, data: store.DataToBringBack): Promise<void> {
    const app = appOf(project);
    const { objectKey } = data;
    if (objectKey === null) throw new DataNotBroughtBack('data_gone');
    await options.ready(app);
    await previews.recover(app);
    if ((await previews.mark(app)) === markOf(data.versionId)) return;
    await options.clearStage(project);
    for (let attempt = 1; ; attempt += 1) {
      const fingerprint = await keepFor(project, due);
      // The owner may have changed something by hand meanwhile.
      if (fingerprint === null || fingerprint === (await previews.fingerprint(app))) break;
      if (attempt === ATTEMPTS) throw new DataNotBroughtBack('data_unsaved');
    }
    await previews.exchange(app, markOf(data.versionId), () => dumps.bringBack(app, objectKey));
  }

  async function end(project: HostedProject, due: store.Due, data: store.DataToBringBack, status: 'DONE' | 'FAILED') {
    await db.system(async (tx) => {
      await lockProject(tx, project.id);
      const range = { number: data.number, below: due.number };
      await announce(tx, project, await store.endBringBack(tx, ownerOf(project), range, status));
    });
  }

  async function fail(project: HostedProject, due: store.Due, data: store.DataToBringBack): Promise<void> {
    await previews.recover(appOf(project));
    await end(project, due, data, 'FAILED');
    await options.serveAgain(project);
  }

  return {
    available: dumps.available,
    async prepare(project, versionId) {
      const due = await db.system((tx) => store.readDue(tx, ownerOf(project), versionId));
      const { bringBack: data } = due;
      if (!data) {
        // A version without its data is still a version.
        if (!due.isKept)
          await keepFor(project, due).catch((error) => void (error instanceof DataNotBroughtBack || onError(error)));
        return;
      }
      try {
        await bringBack(project, due, data);
      } catch (error) {
        await fail(project, due, data).catch(onError);
        if (error instanceof DataNotBroughtBack) throw error;
        onError(error);
        throw new DataNotBroughtBack(error instanceof DumpMissing ? 'data_gone' : 'data_unusable', error);
      }
      await end(project, due, data, 'DONE');
    },
    async abandon(project, versionId) {
      const due = await db.system((tx) => store.readDue(tx, ownerOf(project), versionId));
      if (due.bringBack) await fail(project, due, due.bringBack);
    },
    async deleting(tx, owner) {
      const keys = await store.keysOfProject(tx, owner);
      return () => dumps.remove(keys);
    },
    sweep: () => dumps.sweep((keys) => db.system((tx) => store.knownKeys(tx, keys))),
  };
}
