import type { ChildProcess } from 'node:child_process';
import { type Group, groupMemory } from './cgroup-group.ts';
import { appPid, freezeTree, thawTree, treeUsage, type Usage } from './process-tree.ts';

/** What runs inside a sandbox. */
export type Program = {
  /** Sends a signal to the program inside; false when it isn't running (yet, or any more). */
  signal(signal: NodeJS.Signals): boolean;
  /** Stops, or lets go on, all programs inside; nothing once it ended. */
  freeze(): void;
  thaw(): void;
  /** What it uses now; null once it ended. */
  usage(): Promise<Usage | null>;
};

/** How a sandbox ended: a code, or the signal that ended it; `outOfMemory` when the kernel did. */
export type SandboxExit = { code: number | null; signal: NodeJS.Signals | null; outOfMemory: boolean };

/** A program in a sandbox of whatever kind. */
export type SandboxedProgram = Program & {
  child: ChildProcess;
  /** Resolves when the last process is dead and nothing is left of the sandbox. Never rejects. */
  exited: Promise<SandboxExit>;
  /** Ends every process of the sandbox at once. */
  kill(): void;
};

/** The program below a sandbox's monitor, whose process id is asked for every time; null: it has ended. */
export function programBelow(monitor: () => number | null, group: Group | null): Program {
  let stopped: ReadonlySet<number> = new Set();
  const whileAlive = (act: (pid: number) => void) => {
    const pid = monitor();
    if (pid !== null) act(pid);
  };
  return {
    signal: (signal) => {
      const pid = monitor();
      return pid !== null && sendTo(appPid(pid), signal);
    },
    freeze: () =>
      whileAlive((pid) => {
        stopped = freezeTree(pid);
      }),
    thaw: () =>
      whileAlive(() => {
        thawTree(stopped);
        stopped = new Set();
      }),
    usage: async () => {
      const pid = monitor();
      if (pid === null) return null;
      const usage = await treeUsage(pid);
      const memoryBytes = group ? await groupMemory(group).catch(() => usage.memoryBytes) : usage.memoryBytes;
      return { ...usage, memoryBytes };
    },
  };
}

function sendTo(pid: number | null, signal: NodeJS.Signals): boolean {
  try {
    return pid !== null && process.kill(pid, signal);
  } catch {
    return false;
  }
}
