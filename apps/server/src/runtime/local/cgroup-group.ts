import { mkdirSync } from 'node:fs';
import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../runtime.ts';
import { type CgroupDirs, groupDirs } from './cgroup-limits.ts';
import { applyLimits, type Cgroups, childDirs } from './cgroups.ts';

export type Group = { name: string; mode: Cgroups['mode']; dirs: CgroupDirs };

/** Makes the group of one sandbox with its limits in force. Throws when it can't. */
export function makeGroup(cgroups: Cgroups, name: string, limits: Limits): Group {
  const all = childDirs(cgroups.parent, name);
  // Joining a hierarchy costs a millisecond or two: without a quota there is no reason to join the one for CPU.
  const dirs = limits.cpus === undefined ? { ...all, cpu: null } : all;
  for (const dir of groupDirs(dirs)) mkdirSync(dir, { recursive: true });
  applyLimits(cgroups.mode, dirs, limits);
  return { name, mode: cgroups.mode, dirs };
}

/** The files a process writes itself into to join the group. */
export function joinFiles(group: Group): string[] {
  return groupDirs(group.dirs).map((dir) => join(dir, 'cgroup.procs'));
}

async function members(dir: string): Promise<number[]> {
  const text = await readFile(join(dir, 'cgroup.procs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

async function killMembers(dirs: CgroupDirs): Promise<void> {
  const wrote = await writeFile(join(dirs.pids, 'cgroup.kill'), '1').then(
    () => true,
    () => false,
  );
  if (wrote) return;
  // Among them is the init of the sandbox's pid namespace, with which the kernel ends all the others at once.
  for (const pid of await members(dirs.pids)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

/** Kills everything in a group and removes it, waiting for the kernel up to `waitMs`. False when something is left. */
export async function destroyGroup(dirs: CgroupDirs, waitMs = 2_000): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 10)) {
    const left = [];
    for (const dir of groupDirs(dirs)) {
      const removed = await rmdir(dir).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
      );
      if (!removed) left.push(dir);
    }
    if (left.length === 0) return true;
    if (performance.now() > deadline) return false;
    await killMembers(dirs);
    await delay(pause);
  }
}

/** The memory a group uses now, page cache included. Throws when the group is gone. */
export async function groupMemory(group: Group): Promise<number> {
  const file = group.mode === 'cgroup-v2' ? 'memory.current' : 'memory.usage_in_bytes';
  return Number(await readFile(join(group.dirs.memory, file), 'utf8'));
}

/** Whether the kernel killed a process of the group for using too much memory. */
export async function ranOutOfMemory(group: Group): Promise<boolean> {
  const file = group.mode === 'cgroup-v2' ? 'memory.events' : 'memory.oom_control';
  const text = await readFile(join(group.dirs.memory, file), 'utf8').catch(() => '');
  return /oom_kill [1-9]/.test(text);
}

/** The group of a running sandbox by its name. */
export const groupNamed = (cgroups: Cgroups, name: string): Group => ({
  name,
  mode: cgroups.mode,
  dirs: childDirs(cgroups.parent, name),
});

/**
 * Kills and removes the groups an earlier, killed platform of this home left behind, but for those that live on. Answers
 * how many there were.
 */
export async function reapGroups(cgroups: Cgroups, living: ReadonlySet<string> = new Set()): Promise<number> {
  const names = new Set<string>();
  for (const dir of groupDirs(cgroups.parent)) {
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory() && !living.has(entry.name)) names.add(entry.name);
  }
  await Promise.all([...names].map((name) => destroyGroup(childDirs(cgroups.parent, name))));
  return names.size;
}

/** Removes this home's empty parent group. */
export async function removeParent(cgroups: Cgroups): Promise<void> {
  for (const dir of groupDirs(cgroups.parent)) await rmdir(dir).catch(() => {});
}
