import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What a sandbox uses: resident memory, processor time so far, living processes. */
export type Usage = { memoryBytes: number; cpuMs: number; pids: number };

const pageBytes = 4_096;
const tickMs = 10; // USER_HZ is 100 on every Linux Node runs on

function read<T>(from: () => T, otherwise: T): T {
  try {
    return from();
  } catch {
    return otherwise; // it ended meanwhile
  }
}

/** The children of a process: those of all its threads, each of which may have started some. */
function children(pid: number): number[] {
  const threads = read(() => readdirSync(`/proc/${pid}/task`), []);
  return threads.flatMap((thread) => {
    const text = read(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'), '');
    return text.trim().split(' ').filter(Boolean).map(Number);
  });
}

function tree(pid: number): number[] {
  return [pid, ...children(pid).flatMap(tree)];
}

/** The first child of a process; null when it has none. */
export const firstChild = (pid: number): number | null => children(pid)[0] ?? null;

/** The program inside a sandbox, seen from the host: the child of bubblewrap's init, which is the child of its monitor. */
export function appPid(monitor: number): number | null {
  const init = firstChild(monitor);
  return init === null ? null : firstChild(init);
}

/** Stops everything below a sandbox's init, which goes on: it takes in those whose parents died. */
function stopAll(monitor: number, sent = new Set<number>()): Set<number> {
  const below = children(monitor).flatMap(children).flatMap(tree);
  for (const pid of below) {
    if (sent.has(pid)) continue;
    sent.add(pid);
    try {
      process.kill(pid, 'SIGSTOP');
    } catch {
      // Gone already.
    }
  }
  return sent;
}

/** Stops all programs of a sandbox, children too that were started meanwhile; answers which. */
export function freezeTree(monitor: number): ReadonlySet<number> {
  const stopped = stopAll(monitor);
  for (let before = 0; before < stopped.size; ) {
    before = stopped.size;
    stopAll(monitor, stopped);
  }
  return stopped;
}

/** Lets the programs that were stopped go on: none can have been started since, so there is nothing to look for. */
export function thawTree(stopped: ReadonlySet<number>): void {
  for (const pid of stopped) {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // Killed while it was stopped.
    }
  }
}

/** Usage of a process and its descendants; the time includes children that ended and were waited for. */
export async function treeUsage(root: number): Promise<Usage> {
  const pids = tree(root);
  const usage = { memoryBytes: 0, cpuMs: 0, pids: pids.length };
  for (const pid of pids) {
    const [statm = '', stat = ''] = await Promise.all([
      readFile(`/proc/${pid}/statm`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    ]);
    usage.memoryBytes += Number(statm.split(' ')[1] ?? 0) * pageBytes;
    const times = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime, stime, cutime, cstime
    for (const time of times.slice(11, 15)) usage.cpuMs += Number(time) * tickMs;
  }
  return usage;
}
