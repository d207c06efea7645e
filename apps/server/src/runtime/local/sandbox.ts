import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { SandboxRefused } from '../errors.ts';
import { openBinds } from './bind-fds.ts';
import { destroyGroup, type Group, joinFiles, makeGroup, ranOutOfMemory } from './cgroup-group.ts';
import type { Cgroups } from './cgroups.ts';
import { type Launching, launcherArgv } from './launcher.ts';
import { firstChild } from './process-tree.ts';
import { programBelow, type SandboxExit, type SandboxedProgram } from './program.ts';
import type { RootLayout } from './root-layout.ts';
import { sandboxArgs } from './sandbox-args.ts';
import type { SandboxSpec } from './spec.ts';

/** What every sandbox of this platform is made from. */
export type SandboxHost = {
  layout: RootLayout;
  cgroups: Cgroups | null;
  /** The platform's own folder, for files that live a moment. */
  stateDir: string;
  highestInheritedFd: number;
  /** Sandboxes can be put into a PID namespace each. */
  nests: boolean;
  /** Everything running now. */
  live: Set<Living>;
};

/** Something that runs and can be ended. */
export type Living = Pick<Sandboxed, 'kill' | 'exited'> & { outlives: boolean };

export type Sandboxed = SandboxedProgram & {
  /** May go on when the platform has ended. */
  outlives: boolean;
  /** Of its control group; null without one. */
  group: Group | null;
};

const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** An open, nameless file of NUL-ended arguments: environments carry passwords, and command lines are public. */
function namelessFile(dir: string, args: string[]): number {
  const path = join(dir, `.args-${randomBytes(8).toString('hex')}`);
  const writer = openSync(path, 'wx', 0o600);
  try {
    writeSync(writer, args.map((arg) => `${arg}\0`).join(''));
    return openSync(path, 'r');
  } finally {
    closeSync(writer);
    unlinkSync(path);
  }
}

/** The child's descriptors: standard ones, then ours, then nothing in place of what this process inherited. */
function descriptors(std: StdioOptions, own: number[], highestInherited: number): StdioOptions {
  const used = [...(Array.isArray(std) ? std : [std, std, std]), ...own];
  const rest = Math.max(0, highestInherited + 1 - used.length);
  return [...used, ...new Array<'ignore'>(rest).fill('ignore')];
}

function endedBy(code: number | null, signal: NodeJS.Signals | null): Omit<SandboxExit, 'outOfMemory'> {
  const inner = code !== null && code > 128 ? signals.get(code - 128) : undefined;
  return inner ? { code: null, signal: inner } : { code, signal };
}

async function ending(child: ChildProcess, group: Group | null): Promise<SandboxExit> {
  const how = await new Promise<Omit<SandboxExit, 'outOfMemory'>>((resolve) => {
    child.once('exit', (code, signal) => resolve(endedBy(code, signal)));
    child.once('error', () => resolve({ code: 125, signal: null }));
  });
  const outOfMemory = group !== null && (await ranOutOfMemory(group));
  if (group) await destroyGroup(group.dirs);
  return { ...how, outOfMemory };
}

/** A name for a sandbox's group that no running one has, since the end of one kills all of its group. */
function groupName(kind: string, id: string): string {
  if (!/^[\w-]+$/.test(id)) throw new SandboxRefused(`"${id}" can't name a sandbox.`);
  return `${kind}-${id}-${randomBytes(6).toString('hex')}`;
}

/** Starts a program in a sandbox. Throws `SandboxRefused` for an unsafe bind or id. */
export function spawnSandboxed(host: SandboxHost, id: string, spec: SandboxSpec, stdio: StdioOptions): Sandboxed {
  const name = groupName(spec.kind, id);
  const binds = openBinds(spec.binds);
  const opened = [...binds];
  try {
    const seccomp = openSync(host.layout.seccompFile, 'r');
    opened.push(seccomp);
    // Descriptors inside the child: 3 the options, 4 the filter, then the binds in order.
    const inner = { seccomp: 4, binds: host.layout.bindsByFd ? binds.map((_, i) => 5 + i) : null };
    const args = namelessFile(host.stateDir, sandboxArgs(spec, host.layout, inner));
    opened.push(args);
    const group = host.cgroups ? makeGroup(host.cgroups, name, spec.limits) : null;
    const bwrap = [host.layout.bwrap, '--args', '3', '--', ...spec.argv];
    const outlives = spec.outlives === true;
    const launching = { limits: spec.limits, join: group ? joinFiles(group) : [], outlives, nested: host.nests };
    const [shell = '', ...rest] = launcherArgv(launching, bwrap);
    const fds = descriptors(stdio, [args, seccomp, ...binds], host.highestInheritedFd);
    // In a session of its own, what ends the platform's terminal does not end it.
    const child = spawn(shell, rest, { env: {}, cwd: '/', stdio: fds, detached: outlives });
    return watched(host, child, group, launching);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** Starts programs on this host. */
export const spawner =
  (host: SandboxHost) =>
  (...started: [id: string, spec: SandboxSpec, stdio: StdioOptions]): Sandboxed =>
    spawnSandboxed(host, ...started);

function watched(
  host: SandboxHost,
  child: ChildProcess,
  group: Group | null,
  { outlives, nested }: Launching,
): Sandboxed {
  const monitor = () => {
    if (!child.pid || child.exitCode !== null || child.signalCode !== null) return null;
    return outlives || nested ? firstChild(child.pid) : child.pid;
  };
  const sandboxed: Sandboxed = {
    ...programBelow(monitor, group),
    ...{ child, group, outlives },
    exited: ending(child, group).finally(() => host.live.delete(sandboxed)),
    kill: () => child.kill('SIGKILL'),
  };
  host.live.add(sandboxed);
  return sandboxed;
}
