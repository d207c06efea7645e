/** pgbench from Debian's package, unpacked when the machine has none: nothing is installed, no service started. */
import { execFile } from 'node:child_process';
import { glob, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { peersFolder } from './rig.ts';

const run = promisify(execFile);
const IN_PACKAGE = 'usr/lib/postgresql/*/bin/pgbench';

/** Runs a script of SQL; `env` says where the server is. Gives back what it prints. */
export type Pgbench = (env: Record<string, string>, args: readonly string[]) => Promise<string>;

/** Null: it is not to be had here. */
export async function findPgbench(): Promise<Pgbench | null> {
  const unpacked = join(peersFolder, 'pgbench');
  const file =
    (await newest('/')) ??
    (await newest(unpacked)) ??
    (await unpack(unpacked).then(
      () => newest(unpacked),
      () => null,
    ));
  if (!file) return null;
  return async (env, args) => (await run(file, args, { env: { ...process.env, ...env } })).stdout;
}

async function newest(root: string): Promise<string | null> {
  const found: string[] = [];
  for await (const file of glob(IN_PACKAGE, { cwd: root })) found.push(join(root, file));
  return found.toSorted().at(-1) ?? null;
}

async function unpack(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { stdout } = await run('apt-cache', ['pkgnames', 'postgresql-']);
  const packages = stdout.split('\n').filter((name) => /^postgresql-\d+$/.test(name));
  const name = packages.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1);
  if (!name) throw new Error('no package of PostgreSQL');
  await run('apt-get', ['download', name], { cwd: folder });
  for await (const file of glob(`${name}_*.deb`, { cwd: folder }))
    await run('dpkg', ['-x', file, '.'], { cwd: folder });
}

const versionOf = (name: string) => Number(name.split('-')[1]);
