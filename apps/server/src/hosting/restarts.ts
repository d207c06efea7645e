import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../platform/db/index.ts';
import type { RuntimeStatus } from '../runtime/index.ts';
import type { ReleaseKind } from './app-spec.ts';
import type { Deployer } from './deploy.ts';
import { type HostedProject, type HostedStack, isOffline, type ProjectsPort } from './ports.ts';
import { addRelease, isStarting, lockProject, type ReleaseRow, serving } from './releases.ts';

export type RestartEffect = 'RESTARTING' | 'NEXT_START' | 'WAITING';

export interface RestartsOptions {
  db: Database;
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
   */
  restart(owner: { tenantId: string; projectId: string }, kind: ReleaseKind): Promise<RestartEffect>;
  close(): Promise<void>;
}

type Plan = 'NONE' | 'BUSY' | { project: HostedProject; release: ReleaseRow };

const LOOK_AGAIN_MS = 250;

export function createRestarts(options: RestartsOptions): Restarts {
  const { db, deployer, projects } = options;
  const running = new Map<string, { again: boolean; work: Promise<void> }>();
  const closing = new AbortController();
  const { signal } = closing;

  const plan = (owner: { tenantId: string; projectId: string }, kind: ReleaseKind): Promise<Plan> =>
    db.tenant(owner.tenantId, async (tx) => {
      await lockProject(tx, owner.projectId);
      const project = await projects.get(tx, owner.projectId);
      if (!project || isOffline(project.status)) return 'NONE';
      if (await isStarting(tx, project.id, kind)) return 'BUSY';
      const current = await serving(tx, project.id, kind);
      if (!current) return 'NONE';
      const { version_id: versionId, artefact_digest: artefactDigest } = current;
      const { tenantId, projectId } = owner;
      const restarted = { tenantId, projectId, kind, versionId, artefactDigest, cause: 'RESTART' as const };
      return { project, release: await addRelease(tx, restarted) };
    });

  async function roll({ project, release }: Exclude<Plan, string>): Promise<void> {
    const stack = options.stack(project.stack_id);
    await deployer.roll({ project, stack, release, signal, onSwitched: async () => {} });
  }

  /** Waits for what is starting there, then restarts; again when it was asked for meanwhile. */
  async function follow(owner: { tenantId: string; projectId: string }, kind: ReleaseKind, first: Plan): Promise<void> {
    const key = `${owner.projectId} ${kind}`;
    for (let next = first; next !== 'NONE'; next = await plan(owner, kind)) {
      if (next === 'BUSY') {
        await delay(LOOK_AGAIN_MS, undefined, { signal });
        continue;
      }
      const asked = running.get(key);
      if (asked) asked.again = false;
      await roll(next);
      if (!running.get(key)?.again) return;
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
