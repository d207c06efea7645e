import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '../process-info.ts';

const POLL_MS = 5;
const FAST_SHUTDOWN_MS = 15_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

interface PostmasterFile {
  pid: number;
  status: string;
}

/** What `postmaster.pid` says; undefined when there is no such file or it is being written. */
async function readPostmasterFile(clusterDir: string): Promise<PostmasterFile | undefined> {
  const lines = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined;
}

const isServerOf = (pid: number, serverClusterDirs: string[]): boolean => {
  const command = commandLine(pid);
  return command !== undefined && serverClusterDirs.some((folder) => command.includes(`postgres -D ${folder} `));
};

/** The process id of the server that has this cluster open, whoever started it. */
export async function findPostmaster(clusterDir: string, serverClusterDirs: string[]): Promise<number | undefined> {
  const file = await readPostmasterFile(clusterDir);
  return file && isServerOf(file.pid, serverClusterDirs) ? file.pid : undefined;
}

/** Whether the server accepts connections. */
export async function isReady(clusterDir: string, serverClusterDirs: string[]): Promise<boolean> {
  const file = await readPostmasterFile(clusterDir);
  return file?.status === 'ready' && isServerOf(file.pid, serverClusterDirs);
}

/** Stops a server: fast shutdown (a checkpoint, no recovery at the next start), then immediate, then SIGKILL. */
export async function stopPostmaster(pid: number, serverClusterDirs: string[]): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
    ['SIGKILL', IMMEDIATE_SHUTDOWN_MS],
  ];
  for (const [signal, patience] of steps) {
    if (!isServerOf(pid, serverClusterDirs)) return;
    process.kill(pid, signal);
    for (const until = performance.now() + patience; performance.now() < until; await delay(POLL_MS)) {
      if (!isServerOf(pid, serverClusterDirs)) return;
    }
  }
}

/** Above any system's largest process id: PostgreSQL takes a lock file that names it for stale. */
const NOBODY = 2 ** 31 - 1;

/**
 * Makes a cluster startable again after the platform was killed: a server that still runs is stopped, and a lock file
 * left by a dead one names nobody, so that neither a zombie nor a stranger with the same id blocks the start. The file
 * stays: by it PostgreSQL checks that no orphaned backend still uses the shared memory.
 */
export async function clearLeftovers(
  clusterDir: string,
  serverClusterDirs: string[],
  socketFile: string,
): Promise<void> {
  const running = await findPostmaster(clusterDir, serverClusterDirs);
  if (running !== undefined) await stopPostmaster(running, serverClusterDirs);
  const path = join(clusterDir, 'postmaster.pid');
  const stale = await readFile(path, 'utf8').catch(() => undefined);
  if (stale !== undefined) await writeFile(path, stale.replace(/^\d*/, String(NOBODY)));
  await rm(`${socketFile}.lock`, { force: true });
  await rm(socketFile, { force: true });
}
