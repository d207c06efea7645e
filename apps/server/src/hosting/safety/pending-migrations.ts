import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../platform/secrets.ts';

export interface MigrationFile {
  name: string;
  sql: string;
}

const MAX_BYTES = 1024 * 1024;

/** The migrations of an artefact that a database has not run, in the order in which it will. */
export async function pendingMigrations(
  folder: string,
  applied: ReadonlyMap<string, string>,
): Promise<MigrationFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.sql') && !applied.has(name));
  return Promise.all(names.sort().map(async (name) => ({ name, sql: await readSql(join(folder, name)) })));
}

async function readSql(path: string): Promise<string> {
  const stat = await lstat(path);
  if (!stat.isFile() || stat.size > MAX_BYTES) return '';
  return readFile(path, 'utf8');
}

/** What a database says of its migrations, as one text to compare. */
export const appliedDigest = (applied: ReadonlyMap<string, string>): string =>
  sha256(JSON.stringify([...applied].sort()));
