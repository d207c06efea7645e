import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PostgresStartError } from './errors.ts';

const run = promisify(execFile);

export interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: root lends it the account that owns the cluster already, or `postgres`. */
export async function serverAccount(clusterDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findAccount('postgres')) ?? createAccount('postgres');
}

async function findAccount(name: string): Promise<Account | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

async function createAccount(name: string): Promise<Account> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  } catch (cause) {
    throw new PostgresStartError(
      'DATABASE_SYSTEM_USER_MISSING',
      `PostgreSQL does not run as root, and the system user "${name}" could not be created.`,
      `Create it ("useradd --system ${name}") or start the platform as an ordinary user.`,
      { cause },
    );
  }
  const account = await findAccount(name);
  if (!account) throw new Error(`useradd reported success but there is no user "${name}"`);
  return account;
}

/** Whether the account may pass through every folder above `path` (access control lists are not looked at). */
export async function canReach(path: string, account: Account): Promise<boolean> {
  const parts = path.split('/').filter(Boolean);
  const folders = ['/', ...parts.slice(0, -1).map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
  const passable = await Promise.all(folders.map(async (folder) => maySearch(await stat(folder), account)));
  return passable.every(Boolean);
}

function maySearch(folder: { uid: number; gid: number; mode: number }, account: Account): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
