import { randomUUID } from 'node:crypto';
import { type ObjectStorage, sweepObjects } from '../../adapters/storage/index.ts';
import { bounded } from '../../platform/bounded.ts';
import type { AppRef } from '../data-plane.ts';
import { neededTools, type ToolFinder } from '../safety/postgres-tools.ts';
import type { PreviewDatabase } from './preview-database.ts';

const PREFIX = 'checkpoints';
const LOCK_WAIT_MS = 5_000;

/** More than a dump may have. */
export class DumpTooLarge extends Error {}

/** The dump that was kept is not in the object storage any more. */
export class DumpMissing extends Error {}

export interface DumpsOptions {
  storage: ObjectStorage;
  previews: PreviewDatabase;
  /** Null while this machine has none of the server's version. */
  tools: ToolFinder;
}

export type Dumps = ReturnType<typeof createDumps>;

/** Dumps of preview databases as objects. An application's own role dumps and restores: what it made runs with its rights. */
export function createDumps({ storage, previews, tools }: DumpsOptions) {
  return {
    available: async () => (await tools()) !== null,
    /** Throws `DumpTooLarge`; then nothing was kept. */
    async make(app: AppRef, projectId: string, maxBytes: number): Promise<{ key: string; bytes: number }> {
      const { read } = await neededTools(tools);
      const { name, env } = previews.connection(app);
      const dump = read(
        'pg_dump',
        [
          '--format=custom',
          `--schema="${name}"`,
          '--no-owner',
          '--no-privileges',
          `--lock-wait-timeout=${LOCK_WAIT_MS}`,
        ],
        env,
      );
      const body = bounded(dump, maxBytes, () => new DumpTooLarge(`more than ${maxBytes} bytes`));
      const key = `${PREFIX}/${projectId}/${randomUUID()}`;
      try {
        return { key, ...(await storage.put(key, body)) };
      } finally {
        dump.destroy();
      }
    },
    /** Fills the empty database of the preview. Throws `DumpMissing`. */
    async bringBack(app: AppRef, key: string): Promise<void> {
      const { write } = await neededTools(tools);
      const found = await storage.get(key);
      if (!found) throw new DumpMissing(key);
      const { name, database, env } = previews.connection(app);
      const args = [`--dbname=${database}`, `--schema=${name}`, '--single-transaction', '--exit-on-error'];
      await write('pg_restore', [...args, '--no-owner', '--no-privileges'], env, found.body);
    },
    remove: (keys: readonly string[]) => storage.remove(keys),
    /** Removes dumps that nothing speaks of. */
    sweep: (known: (keys: readonly string[]) => Promise<Set<string>>, now = Date.now()) =>
      sweepObjects(storage, PREFIX, known, now),
  };
}
