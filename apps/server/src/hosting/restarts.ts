import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Tx } from '../platform/db/index.ts';
import type { RuntimeStatus } from '../runtime/index.ts';
import type { ReleaseKind } from './app-spec.ts';
import type { Deployer } from './deploy.ts';
import { type HostedProject, type HostedStack, isOffline, type ProjectsPort } from './ports.ts';
import { addRelease, isStarting, lockProject, type ReleaseRow, serving } from './releases.ts';
import { applyFailedVersion, unstarted } from './restart-store.ts';

export type RestartEffect = 'RESTARTING' | 'NEXT_START' | 'WAITING';

export interface RestartsOptions {
  db: Database;
  seat: number;
  deployer: Deployer;
  projects: ProjectsPort;
  stack(id: string): HostedStack;
  runtimeStatus(): RuntimeStatus;
  onError(error: unknown): void;
}

export interface Restarts {
  /**
   * Starts what serves at an address anew, as a release of the same artefact, so that no request fails: it takes what it is
   * told at its start now. While something is starting there already it waits for that; many calls become one restart.
   * In the preview a newer version that did not start gets another chance first; what serves follows when it fails again.
   */
  restart(owner: Owner, kind: ReleaseKind): Promise<RestartEffect>;
  close(): Promise<void>;
}

type Planned = { project: HostedProject; release: ReleaseRow; again: boolean };
type Plan = 'NONE' | 'BUSY' | Planned;
type Owner = { tenantId: string; projectId: string };

const LOOK_AGAIN_MS = 250;

export function createRestarts(options: RestartsOptions): Restarts {
  const { db, seat, deployer, projects } = options;
  const running = new Map<string, { again: boolean; work: Promise<void> }>();
  const closing = new AbortController();
  const { signal } = closing;

  const plan = (owner: Owner, kind: ReleaseKind, what: 'NEWEST' | 'SERVING' = 'NEWEST'): Promise<Plan> =>
    db.tenant(owner.tenantId, async (tx) => {
      await lockProject(tx, owner.projectId);
      const project = await projects.get(tx, owner.projectId);
      if (!project || isOffline(project.status)) return 'NONE';
      if (await isStarting(tx, project.id, kind)) return 'BUSY';
      const failed = what === 'NEWEST' && kind === 'PREVIEW' ? await unstarted(tx, project.id) : undefined;
      const current = failed ?? (await serving(tx, project.id, kind));
      if (!current) return 'NONE';
      const { version_id: versionId, artefact_digest: artefactDigest } = current;
      const { tenantId, projectId } = owner;
      const restarted = { tenantId, projectId, kind, versionId, artefactDigest, cause: 'RESTART' as const, seat };
      return { project, release: await addRelease(tx, restarted), again: failed !== undefined };
    });

  /** False when a version that had not started before did not start this time either. */
  async function roll({ project, release, again }: Planned): Promise<boolean> {
    const stack = options.stack(project.stack_id);
    const onSwitched = (tx: Tx) => applyFailedVersion(tx, projects, release);
    const { outcome } = await deployer.roll({ project, stack, release, signal, onSwitched });
    return !again || outcome !== 'failed';
  }

  /** Waits for what is starting there, then restarts; again when it was asked for meanwhile. */
  async function follow(owner: Owner, kind: ReleaseKind, first: Plan): Promise<void> {
    const key = `${owner.projectId} ${kind}`;
    let what: 'NEWEST' | 'SERVING' = 'NEWEST';
    for (let next = first; next !== 'NONE'; next = await plan(owner, kind, what)) {
      if (next === 'BUSY') {
        await delay(LOOK_AGAIN_MS, undefined, { signal });
        continue;
      }
      const asked = running.get(key);
      if (asked) asked.again = false;
      what = (await roll(next)) ? 'NEWEST' : 'SERVING';
      if (what === 'NEWEST' && !running.get(key)?.again) return;
    }
  }

  return {
    async restart(owner, kind) {
      if (closing.signal.aborted || options.runtimeStatus().status === 'unavailable') return 'NEXT_START';
      const key = `${owner.projectId} ${kind}`;
      const current = running.get(key);
      if (current) {
        current.again = true;
        return 'WAITING';
      }
      const first = await plan(owner, kind);
      if (first === 'NONE') return 'NEXT_START';
      const work = Promise.resolve()
        .then(() => follow(owner, kind, first))
        .catch((error: unknown) => void (signal.aborted || options.onError(error)))
        .finally(() => running.delete(key));
      running.set(key, { again: false, work });
      return first === 'BUSY' ? 'WAITING' : 'RESTARTING';
    },
    async close() {
      closing.abort();
      await Promise.all([...running.values()].map(({ work }) => work));
    },
  };
}
