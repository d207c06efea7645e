import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../platform/secrets.ts';
import type { AppRef } from '../data-plane.ts';
import type { LiveData } from './live-data.ts';
import { neededTools, type ToolFinder } from './postgres-tools.ts';

/** Dumps of each project that are kept. */
const KEPT = 5;
const LOCK_WAIT_MS = 10_000;

export interface Backups {
  /** False when this machine has no pg_dump of the server's version. */
  available(): Promise<boolean>;
  /** Dumps the published database into a file of its own and lets the oldest go; the path. */
  dump(app: AppRef, projectId: string, name: string): Promise<string>;
  /** Puts the published database back to a dump: all of it, or the database stays as it is. */
  restore(app: AppRef, file: string): Promise<void>;
  /** Says how the tables look, as a text to compare. */
  shape(app: AppRef): Promise<string>;
  remove(projectId: string): Promise<void>;
}

export interface BackupsOptions {
  live: LiveData;
  /** Home's folder of backups, one folder a project in it. */
  folder: string;
  /** Null while this machine has none of the server's version. */
  tools: ToolFinder;
}

export function createBackups({ live, folder, tools }: BackupsOptions): Backups {
  const schemaOnly = (name: string) => `--schema="${name}"`;
  const common = ['--no-owner', '--no-privileges', `--lock-wait-timeout=${LOCK_WAIT_MS}`];

  async function thin(projectFolder: string): Promise<void> {
    const names = (await readdir(projectFolder)).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
    for (const name of names.slice(KEPT)) await rm(join(projectFolder, name), { force: true });
  }

  return {
    available: async () => (await tools()) !== null,
    async dump(app, projectId, name) {
      const { run } = await neededTools(tools);
      const projectFolder = join(folder, projectId);
      await mkdir(projectFolder, { recursive: true, mode: 0o700 });
      const file = join(projectFolder, `${name}.dump`);
      await rm(file, { force: true });
      // Made first, so that nobody but us can read it at any moment.
      await (await open(file, 'wx', 0o600)).close();
      const { name: schema, env } = live.connection(app);
      try {
        await run('pg_dump', ['--format=custom', `--file=${file}`, schemaOnly(schema), ...common], env);
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
      await thin(projectFolder);
      return file;
    },
    async restore(app, file) {
      const { run } = await neededTools(tools);
      const { name: schema, database, env } = live.connection(app);
      const args = [`--dbname=${database}`, `--schema=${schema}`, '--single-transaction', '--exit-on-error'];
      await live.replace(app, () => run('pg_restore', [...args, '--no-owner', '--no-privileges', file], env));
    },
    async shape(app) {
      const { run } = await neededTools(tools);
      const { name: schema, env } = live.connection(app);
      const text = await run('pg_dump', ['--schema-only', schemaOnly(schema), ...common], env);
      // The key of \restrict is another one each time.
      return sha256(text.replace(/^\\(un)?restrict .*$/gm, ''));
    },
    remove: (projectId) => rm(join(folder, projectId), { recursive: true, force: true }),
  };
}
