import { type ExecFileException, execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** pg_dump and pg_restore of the server's own major version. */
export interface PostgresTools {
  run(tool: 'pg_dump' | 'pg_restore', args: readonly string[], env: Record<string, string>): Promise<string>;
}

export class PostgresToolFailed extends Error {}

/** The first folder with tools of a major version; null when there is none. */
export async function findPostgresTools(folders: readonly string[], major: number): Promise<PostgresTools | null> {
  for (const folder of folders) {
    if (!(await isThere(folder))) continue;
    const version = await call(join(folder, 'pg_dump'), ['--version'], {}).catch(() => '');
    if (Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]) !== major) continue;
    return { run: (tool, args, env) => call(join(folder, tool), args, env) };
  }
  return null;
}

const isThere = async (folder: string): Promise<boolean> => {
  const found = ['pg_dump', 'pg_restore'].map((tool) => access(join(folder, tool), constants.X_OK));
  return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled');
};

/** The password is in the environment only: a command line can be read by everyone on the machine. */
function call(path: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const options = { env: { LC_ALL: 'C', ...env }, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(path, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new PostgresToolFailed(reasonOf(error, stderr), { cause: error }));
    });
  });
}

function reasonOf(error: ExecFileException, stderr: string): string {
  if (error.killed) return `it took more than ${TIMEOUT_MS / 1000} seconds`;
  return stderr.trim().split('\n').slice(-3).join(' ').slice(0, 500) || 'the tool could not be run';
}
