import { EventEmitter, once } from 'node:events';
import { type Database, isDatabaseAway, type Tx } from '../platform/db/index.ts';
import type { Addresses, ReleaseToRun } from './app-spec.ts';
import { type HostedProject, isOffline, type ProjectsPort } from './ports.ts';
import { RELEASE_CHANNEL } from './releases.ts';

/** What answers at an application's address. */
export type Target =
  | { kind: 'release'; project: HostedProject; release: ReleaseToRun }
  /** The project exists; its first build is not done. */
  | { kind: 'building'; project: HostedProject }
  | { kind: 'paused'; project: HostedProject }
  /** The address that a project had. */
  | { kind: 'moved'; project: HostedProject }
  /** No such address, or a project with nothing published there. */
  | { kind: 'none'; project: HostedProject | null };

export type ReleaseTarget = Extract<Target, { kind: 'release' }>;

const CACHE_MS = 30_000;
const CACHE_ENTRIES = 10_000;
const nothing: Promise<Target> = Promise.resolve({ kind: 'none', project: null });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds the release behind a host; answers are kept until a release changes anywhere. */
export interface Targets {
  /** Follows changes of all processes, until the database is closed; calls back with the project, or without one for any. */
  start(onChange: (projectId?: string) => void): Promise<void>;
  find(host: string | undefined): Promise<Target>;
  /** What a project has published. */
  published(projectId: string): Promise<Target>;
  /** Waits until a release serves at the host; rejects after `ms`. */
  release(host: string, ms: number): Promise<ReleaseTarget>;
  forget(): void;
}

export function createTargets(db: Database, projects: ProjectsPort, addresses: Addresses): Targets {
  const changes = new EventEmitter().setMaxListeners(0);
  const cache = new Map<string, { until: number; target: Promise<Target> }>();

  /** What is kept is asked anew; it stays for the time that the database is away. */
  const outdate = () => {
    for (const entry of cache.values()) entry.until = 0;
  };

  async function findMoved(tx: Tx, slug: string): Promise<Target> {
    const moved = await tx.selectFrom('slug_redirect').select('project_id').where('slug', '=', slug).executeTakeFirst();
    const project = moved ? await projects.get(tx, moved.project_id) : null;
    return project ? { kind: 'moved', project } : { kind: 'none', project };
  }

  async function readRelease(tx: Tx, projectId: string, kind: 'PREVIEW' | 'PUBLISHED'): Promise<Target> {
    const project = await projects.get(tx, projectId);
    if (!project) return { kind: 'none', project };
    if (isOffline(project.status)) return { kind: 'paused', project };
    const release = await tx
      .selectFrom('release')
      .select(['id', 'kind', 'artefact_digest'])
      .where('project_id', '=', project.id)
      .where('kind', '=', kind)
      .where('status', '=', 'ACTIVE')
      .executeTakeFirst();
    if (release) return { kind: 'release', project, release };
    return kind === 'PREVIEW' ? { kind: 'building', project } : { kind: 'none', project };
  }

  async function readLabel(tx: Tx, label: string): Promise<Target> {
    const preview = UUID.test(label);
    const row = await tx
      .selectFrom('project')
      .select('id')
      .where(preview ? 'preview_uuid' : 'slug', '=', label)
      .executeTakeFirst();
    if (row) return readRelease(tx, row.id, preview ? 'PREVIEW' : 'PUBLISHED');
    return preview ? { kind: 'none', project: null } : findMoved(tx, label);
  }

  /** The kept answer for a key, or the one that is read now. */
  async function keep(key: string, read: (tx: Tx) => Promise<Target>): Promise<Target> {
    const kept = cache.get(key);
    if (kept && kept.until > performance.now()) return kept.target;
    const entry = { until: performance.now() + CACHE_MS, target: kept?.target ?? nothing };
    entry.target = db.system(read).catch((error: unknown) => {
      if (!kept || !isDatabaseAway(error)) throw error;
      // While the database is away the old answer does: what runs may serve, and what does not run is not started.
      entry.until = 0;
      return kept.target;
    });
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(key, entry);
    const { target } = entry;
    // What failed or does not serve is asked again; the next request may find it.
    const drop = () => cache.get(key) === entry && cache.delete(key);
    target.then((found) => found.kind !== 'release' && drop(), drop);
    return target;
  }

  async function find(host: string | undefined): Promise<Target> {
    const label = addresses.label(host);
    return label ? keep(label, (tx) => readLabel(tx, label)) : { kind: 'none', project: null };
  }

  return {
    start: async (onChange) => {
      const changed = (projectId?: string) => {
        outdate();
        changes.emit('change');
        onChange(projectId);
      };
      await db.listen(RELEASE_CHANNEL, changed, { onReconnect: () => changed() });
    },
    forget: outdate,
    find,
    // No label has a colon.
    published: (projectId) => keep(`project:${projectId}`, (tx) => readRelease(tx, projectId, 'PUBLISHED')),
    release: async (host, ms) => {
      const signal = AbortSignal.timeout(ms);
      for (;;) {
        const change = once(changes, 'change', { signal });
        // Not awaited when a release is found: its rejection is nobody's then.
        change.catch(() => {});
        const found = await find(host);
        if (found.kind === 'release') return found;
        await change;
      }
    },
  };
}
