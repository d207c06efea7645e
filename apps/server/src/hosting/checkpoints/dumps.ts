import { randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import type { ObjectStorage } from '../../adapters/storage/index.ts';
import type { AppRef } from '../data-plane.ts';
import type { PostgresTools } from '../safety/postgres-tools.ts';
import type { PreviewDatabase } from './preview-database.ts';

const PREFIX = 'checkpoints';
const LOCK_WAIT_MS = 5_000;
const OLD_MS = 24 * 3_600_000;

/** More than a dump may have. */
export class DumpTooLarge extends Error {}

/** The dump that was kept is not in the object storage any more. */
export class DumpMissing extends Error {}

export interface DumpsOptions {
  storage: ObjectStorage;
  previews: PreviewDatabase;
  /** Null while this machine has none of the server's version. */
  tools(): Promise<PostgresTools | null>;
}

export type Dumps = ReturnType<typeof createDumps>;

/** Dumps of preview databases as objects. An application's own role dumps and restores: what it made runs with its rights. */
export function createDumps({ storage, previews, tools }: DumpsOptions) {
  async function needed(): Promise<PostgresTools> {
    const found = await tools();
    if (!found) throw new Error('This machine has no pg_dump of the version of its PostgreSQL.');
    return found;
  }

  return {
    available: async () => (await tools()) !== null,
    /** Throws `DumpTooLarge`; then nothing was kept. */
    async make(app: AppRef, projectId: string, maxBytes: number): Promise<{ key: string; bytes: number }> {
      const { read } = await needed();
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
      const bounded = atMost(maxBytes);
      dump.once('error', (error) => bounded.destroy(error)).pipe(bounded);
      const key = `${PREFIX}/${projectId}/${randomUUID()}`;
      try {
        return { key, ...(await storage.put(key, bounded)) };
      } finally {
        dump.destroy();
      }
    },
    /** Fills the empty database of the preview. Throws `DumpMissing`. */
    async bringBack(app: AppRef, key: string): Promise<void> {
      const { write } = await needed();
      const found = await storage.get(key);
      if (!found) throw new DumpMissing(key);
      const { name, database, env } = previews.connection(app);
      const args = [`--dbname=${database}`, `--schema=${name}`, '--single-transaction', '--exit-on-error'];
      await write('pg_restore', [...args, '--no-owner', '--no-privileges'], env, found.body);
    },
    remove: (keys: readonly string[]) => storage.remove(keys),
    /** Removes dumps that nothing speaks of: of a process that died, or of a project that is gone. */
    async sweep(known: (keys: readonly string[]) => Promise<Set<string>>, now = Date.now()): Promise<void> {
      let after: string | undefined;
      do {
        const page = await storage.list(PREFIX, after === undefined ? {} : { after });
        const old = page.items.filter((one) => one.modifiedAt.getTime() < now - OLD_MS).map((one) => one.key);
        const spoken = await known(old);
        await storage.remove(old.filter((key) => !spoken.has(key)));
        after = page.next ?? undefined;
      } while (after !== undefined);
    },
  };
}

function atMost(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new DumpTooLarge(`more than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}
