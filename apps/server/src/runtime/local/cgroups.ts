import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CgroupDirs, type CgroupMode, groupDirs, limitWrites } from './cgroup-limits.ts';
import { type CgroupMount, cgroupMounts } from './cgroup-mounts.ts';

/** A writable place for this home's sandboxes in the cgroup tree. */
export type Cgroups = { mode: CgroupMode; parent: CgroupDirs };

/** The name of the parent group of everything a platform home runs. */
export function parentName(homeId: string): string {
  return `talkide-${homeId}`;
}

/** Writes the limits of a group. Throws when one that must hold can't be set. */
export function applyLimits(mode: CgroupMode, dirs: CgroupDirs, limits: Parameters<typeof limitWrites>[2]): void {
  for (const { file, value, optional } of limitWrites(mode, dirs, limits)) {
    try {
      writeFileSync(file, value);
    } catch (error) {
      if (!optional) throw error;
    }
  }
}

/** A group's directories below the parent's. */
export function childDirs(parent: CgroupDirs, name: string): CgroupDirs {
  const { memory, pids, cpu } = parent;
  return { memory: join(memory, name), pids: join(pids, name), cpu: cpu === null ? null : join(cpu, name) };
}

function removeQuietly(dirs: string[]): void {
  for (const dir of dirs) {
    try {
      rmdirSync(dir);
    } catch {
      // Not made, or it still holds what an earlier run left: reaping removes that.
    }
  }
}

/** Makes a group with limits and removes it again; the parent stays when that worked. */
function works(mode: CgroupMode, parent: CgroupDirs): boolean {
  const trial = childDirs(parent, 'trial');
  let worked = false;
  try {
    for (const dir of groupDirs(trial)) mkdirSync(dir, { recursive: true });
    applyLimits(mode, trial, { memoryMb: 64, pids: 16, cpus: 1 });
    worked = true;
  } catch {
    // Read-only, not ours, or without these controllers.
  }
  removeQuietly(groupDirs(trial));
  if (!worked) removeQuietly(groupDirs(parent));
  return worked;
}

function readControllers(dir: string): string[] {
  try {
    return readFileSync(join(dir, 'cgroup.subtree_control'), 'utf8').trim().split(/\s+/);
  } catch {
    return [];
  }
}

/** Enables the controllers for the children of `dir`; a group that holds processes itself refuses (except the root). */
function enable(dir: string): void {
  for (const controller of ['memory', 'pids', 'cpu']) {
    try {
      writeFileSync(join(dir, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // `works` decides whether what is there suffices.
    }
  }
}

/** The nearest group at or above our own whose children may have memory and pids limits. */
function v2Place(mount: CgroupMount, name: string): CgroupDirs | null {
  for (let dir = mount.own; dir.startsWith(mount.root); dir = dirname(dir)) {
    if (!readControllers(dir).includes('memory')) enable(dir);
    const active = readControllers(dir);
    if (active.includes('memory') && active.includes('pids')) {
      const place = join(dir, name);
      try {
        mkdirSync(place, { recursive: true });
        enable(place);
        return { memory: place, pids: place, cpu: active.includes('cpu') ? place : null };
      } catch {
        // Someone else's group; one further up may be ours.
      }
    }
  }
  return null;
}

function v1Place(mounts: CgroupMount[], name: string): CgroupDirs | null {
  const dir = (controller: string) => mounts.find((mount) => mount.controllers.includes(controller))?.own;
  const [memory, pids, cpu] = [dir('memory'), dir('pids'), dir('cpu')];
  if (!memory || !pids) return null;
  return { memory: join(memory, name), pids: join(pids, name), cpu: cpu ? join(cpu, name) : null };
}

/** Finds where this process may make groups with memory and pids limits; null when nowhere. */
export function findCgroups(homeId: string, mountinfo: string, procCgroup: string): Cgroups | null {
  const mounts = cgroupMounts(mountinfo, procCgroup);
  const name = parentName(homeId);
  const v1 = v1Place(mounts, name);
  if (v1 && works('cgroup-v1', v1)) return { mode: 'cgroup-v1', parent: v1 };
  const unified = mounts.find((mount) => mount.version === 2);
  const v2 = unified ? v2Place(unified, name) : null;
  if (v2 && works('cgroup-v2', v2)) return { mode: 'cgroup-v2', parent: v2 };
  return null;
}
