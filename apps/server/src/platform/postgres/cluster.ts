import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { folderError, PostgresStartError, programError } from './errors.ts';
import { type Launch, serverEnvironment } from './launch.ts';

const run = promisify(execFile);
const MAJOR_VERSION = '18';
const NEEDED_BYTES = 150 * 1024 * 1024;

export const ADMIN_ROLE = 'talkide_admin';
export const passwordFile = (dataDir: string): string => join(dataDir, 'admin-password');
export const clusterFolder = (dataDir: string): string => join(dataDir, 'cluster');

/** Makes the data folder, private to the server's account. */
export async function makeDataDir(dataDir: string, account: Account | undefined): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (account) await chown(dataDir, account.uid, account.gid);
  } catch (error) {
    throw folderError(dataDir, error);
  }
}

/** Whether the folder holds a cluster of this major version; a damaged or foreign one is refused, never replaced. */
export async function hasCluster(dataDir: string): Promise<boolean> {
  const version = await readFile(join(clusterFolder(dataDir), 'PG_VERSION'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw folderError(dataDir, error);
  });
  if (version === undefined) return false;
  if (version.trim() === MAJOR_VERSION) return true;
  throw new PostgresStartError(
    'DATABASE_FOLDER_DAMAGED',
    `The database in ${dataDir} was made by PostgreSQL ${version.trim() || '(unknown)'}; this platform brings ${MAJOR_VERSION}.`,
    'Start it with the release that made it, or restore a backup of this release into the folder.',
  );
}

/** Runs initdb beside the final place and renames, so that an interrupted first start leaves no half cluster. */
export async function createCluster(
  dataDir: string,
  account: Account | undefined,
  launchInitdb: (args: string[]) => Launch,
  serverDataDir: string,
): Promise<void> {
  const space = await statfs(dataDir);
  if (space.bavail * space.bsize < NEEDED_BYTES) throw folderError(dataDir, { code: 'ENOSPC' });
  const draft = `${clusterFolder(dataDir)}.new`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile(dataDir), randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account) await chown(passwordFile(dataDir), account.uid, account.gid);
  const {
    command,
    args,
    account: runAs,
  } = launchInitdb([
    ...['-D', `${serverDataDir}/cluster.new`, '-U', ADMIN_ROLE, `--pwfile=${serverDataDir}/admin-password`],
    ...['-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    '--no-instructions',
  ]);
  try {
    await run(command, args, { cwd: '/', env: serverEnvironment(process.env), ...runAs });
  } catch (error) {
    throw programError('initdb', dataDir, (error as { stderr?: string }).stderr ?? String(error));
  }
  await rename(draft, clusterFolder(dataDir));
}

/** The superuser's password, made with the cluster. */
export async function readPassword(dataDir: string): Promise<string> {
  return (
    await readFile(passwordFile(dataDir), 'utf8').catch((cause) => {
      throw new PostgresStartError(
        'DATABASE_FOLDER_DAMAGED',
        `The file ${passwordFile(dataDir)} cannot be read, and without it nobody can open the database beside it.`,
        'Restore that file from a backup of the folder.',
        { cause },
      );
    })
  ).trim();
}
