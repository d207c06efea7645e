import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../platform/db/index.ts';
import { removeTreeLater } from '../platform/remove-tree.ts';
import type { ArtefactStore } from './artefacts.ts';
import { readInUse } from './in-use.ts';

/** Younger files may belong to something that is not recorded yet: a build that is about to end. */
const YOUNG_MS = 10 * 60_000;

export interface CollectorOptions {
  db: Database;
  artefacts: ArtefactStore;
  /** Digests of the platform's own artefacts, which no release need speak of. */
  templates(): Promise<readonly string[]>;
  folders: { artefacts: string; caches: string; appLogs: string; buildLogs: string };
  onError(error: unknown): void;
  now?: () => number;
}

export interface Collector {
  /** Removes artefacts, caches and logs that nothing needs any more; at most once in ten minutes. */
  collect(): void;
  close(): Promise<void>;
}

export function createCollector(options: CollectorOptions): Collector {
  const now = options.now ?? Date.now;
  let last = Number.NEGATIVE_INFINITY;
  let running = Promise.resolve();

  async function sweep(): Promise<void> {
    const { artefacts, folders } = options;
    const [used, templates] = await Promise.all([options.db.system(readInUse), options.templates()]);
    const kept = new Set([...used.artefacts, ...templates].map(artefacts.name));
    const caches = new Set([...used.caches].map((path) => path.split('/').map(artefacts.name).join('/')));
    const projects = new Set([...caches].map((path) => path.split('/')[0]));
    const before = now() - YOUNG_MS;
    await removeOld(folders.artefacts, before, (name) => kept.has(name));
    await removeOld(folders.caches, before, (name) => projects.has(name));
    for (const project of projects) {
      await removeOld(join(folders.caches, `${project}`), before, (name) => caches.has(`${project}/${name}`));
    }
    await removeOld(folders.appLogs, before, (name) => used.releaseLogs.has(name.split('.')[0] ?? ''));
    await removeOld(folders.buildLogs, before, (name) => used.buildLogs.has(name.split('.')[0] ?? ''));
  }

  return {
    collect() {
      if (now() - last < YOUNG_MS) return;
      last = now();
      running = sweep().catch(options.onError);
    },
    close: () => running,
  };
}

async function removeOld(folder: string, before: number, keep: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (keep(name)) continue;
    const path = join(folder, name);
    const stat = await lstat(path).catch(() => null);
    if (stat && stat.mtimeMs < before) await removeTreeLater(path);
  }
}
