import type { PublishPlan, Release } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import { type Database, insist, type Tx } from '../platform/db/index.ts';
import type { Room } from '../platform/room.ts';
import type { RuntimeStatus } from '../runtime/index.ts';
import type { ArtefactStore } from './artefacts.ts';
import type { Deployer } from './deploy.ts';
import { type HostedProject, type HostedStack, isOffline, type ProjectsPort } from './ports.ts';
import { artefactToPublish, lockToPublish, numberOf } from './publish-store.ts';
import { publishedRelease } from './published-releases.ts';
import { addRelease, failRelease, type ReleaseCause, type ReleaseRow } from './releases.ts';
import type { Guard, Safety } from './safety/safety.ts';
import { readRelease } from './views.ts';

export interface PublishOptions {
  db: Database;
  seat: number;
  artefacts: Pick<ArtefactStore, 'use'>;
  deployer: Deployer;
  projects: ProjectsPort;
  stack(id: string): HostedStack;
  /** The kill switch; `enabled` means that publishing is off. */
  publishOff(): Promise<{ enabled: boolean; reason: string }>;
  room: Pick<Room, 'require'>;
  runtimeStatus(): RuntimeStatus;
  /** Brings back an artefact that was collected since; throws a sentence when it cannot be had. */
  revive(release: ReleaseRow, project: HostedProject, stack: HostedStack, signal: AbortSignal): Promise<void>;
  safety: Safety;
  onError(error: unknown): void;
}

export interface PublishedBy {
  tenantId: string;
  projectId: string;
  userId: string;
}

/** Keeps the answer of a call in the transaction of its effect. */
type Keep = (tx: Tx, release: Release) => Promise<void>;

/** Finds what is to be promoted, with the project locked; throws what forbids it. */
type Choose = (tx: Tx) => Promise<{ versionId: string; artefactDigest: string; cause?: ReleaseCause }>;

export interface Publisher {
  /** Starts promoting the previewed artefact, or that of a version, and answers with the release that is starting. */
  publish(
    by: PublishedBy,
    keep: Keep,
    options?: { versionNumber?: number | undefined; withoutBackup?: boolean | undefined },
  ): Promise<Release>;
  /** What a publish would run on the published database. */
  plan(tenantId: string, projectId: string, versionNumber?: number): Promise<PublishPlan>;
  /** Promotes the artefact of a published release again, as it is kept: nothing is built. */
  rollBack(by: PublishedBy, keep: Keep, releaseId: string): Promise<Release>;
  unpublish(tenantId: string, projectId: string): Promise<void>;
  /** Releases that it is about to start. */
  inHand(): ReadonlySet<string>;
  /** Resolves when nothing is starting. */
  settled(): Promise<void>;
  /** Calls off what is starting and waits for it. */
  close(): Promise<void>;
}

async function chosenVersion(tx: Tx, projectId: string, versionNumber: number | undefined) {
  const artefact = await artefactToPublish(tx, projectId, versionNumber);
  if (!artefact) throw new DomainError('nothing_to_publish');
  return artefact;
}

export function createPublisher(options: PublishOptions): Publisher {
  const { db, projects, deployer } = options;
  const running = new Map<string, Promise<void>>();
  const closing = new AbortController();

  async function known(tx: Tx, projectId: string): Promise<HostedProject> {
    const found = await projects.get(tx, projectId);
    if (!found) throw new DomainError('not_found');
    return found;
  }

  async function refuseWhileOff(): Promise<void> {
    const off = await options.publishOff();
    if (off.enabled) throw new DomainError('publish_off', { reason: off.reason });
    await options.room.require();
    const runtime = options.runtimeStatus();
    if (runtime.status === 'unavailable') {
      throw new DomainError('runtime_unavailable', { reason: runtime.reason, mend: runtime.mend });
    }
  }

  async function refuseUnprotected(project: HostedProject, artefactDigest: string): Promise<void> {
    const what = { project, stack: options.stack(project.stack_id), artefactDigest };
    const { migrations, backup } = await options.safety.plan(what);
    if (migrations.length > 0 && backup === 'UNAVAILABLE') throw new DomainError('backup_unavailable');
  }

  /** The release that is to start, with all that may forbid it looked at while nobody else can change it. */
  async function plan(tx: Tx, { tenantId, projectId, userId }: PublishedBy, choose: Choose, withoutBackup: boolean) {
    const running = await lockToPublish(tx, projectId);
    const project = await known(tx, projectId);
    if (isOffline(project.status)) throw new DomainError('project_not_active', { status: project.status });
    if (running) throw new DomainError('publish_running');
    const chosen = await choose(tx);
    if (!withoutBackup) await refuseUnprotected(project, chosen.artefactDigest);
    const of = { tenantId, projectId, publishedBy: userId, seat: options.seat };
    const release = await addRelease(tx, { ...of, kind: 'PUBLISHED', ...chosen });
    const view = await readRelease(tx, tenantId, release.id);
    if (!view) throw new Error('the release that was just made is not there');
    return { project, release, view };
  }

  async function promote(project: HostedProject, release: ReleaseRow, withoutBackup: boolean): Promise<void> {
    const stack = options.stack(project.stack_id);
    const { signal } = closing;
    let guard: Guard | null;
    try {
      await options.revive(release, project, stack, signal);
      const what = { project, stack, artefactDigest: release.artefact_digest };
      guard = await options.safety.guard(what, release.id, withoutBackup);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await insist(db, () => db.system((tx) => failRelease(tx, release, reason)), signal);
      throw error;
    }
    const onSwitched = (tx: Tx) => projects.applyStatus(tx, project.id, 'PUBLISHED');
    await deployer.roll({ project, stack, release, signal, onSwitched, undo: guard?.undo });
  }

  async function begin(by: PublishedBy, keep: Keep, choose: Choose, withoutBackup = false): Promise<Release> {
    await db.tenant(by.tenantId, (tx) => known(tx, by.projectId));
    await refuseWhileOff();
    const { project, release, view } = await db.tenant(by.tenantId, async (tx) => {
      const planned = await plan(tx, by, choose, withoutBackup);
      await keep(tx, planned.view);
      return planned;
    });
    const work = promote(project, release, withoutBackup)
      .catch((error: unknown) => void (closing.signal.aborted || options.onError(error)))
      .finally(() => running.delete(release.id));
    running.set(release.id, work);
    return view;
  }

  return {
    publish: (by, keep, { versionNumber, withoutBackup } = {}) =>
      begin(by, keep, (tx) => chosenVersion(tx, by.projectId, versionNumber), withoutBackup),

    async plan(tenantId, projectId, versionNumber) {
      const { project, artefact, number } = await db.tenant(tenantId, async (tx) => {
        const project = await known(tx, projectId);
        const artefact = await chosenVersion(tx, projectId, versionNumber);
        return { project, artefact, number: await numberOf(tx, artefact.versionId) };
      });
      const what = { project, stack: options.stack(project.stack_id), artefactDigest: artefact.artefactDigest };
      return { versionNumber: number, ...(await options.safety.plan(what)) };
    },

    rollBack: (by, keep, releaseId) =>
      begin(by, keep, async (tx) => {
        const target = await publishedRelease(tx, by, releaseId);
        if (!target) throw new DomainError('not_found');
        if (target.serves) throw new DomainError('already_serving');
        if (!(await options.artefacts.use(target.artefactDigest))) throw new DomainError('release_collected');
        return { versionId: target.versionId, artefactDigest: target.artefactDigest, cause: 'ROLLBACK' };
      }),

    async unpublish(tenantId, projectId) {
      const project = await db.tenant(tenantId, (tx) => known(tx, projectId));
      const taken = await deployer.takeDown(project, 'PUBLISHED', (tx) =>
        projects.applyStatus(tx, projectId, 'UNPUBLISHED'),
      );
      if (!taken) throw new DomainError('not_published');
    },

    inHand: () => new Set(running.keys()),
    settled: async () => void (await Promise.all(running.values())),
    async close() {
      closing.abort();
      await Promise.all(running.values());
    },
  };
}
