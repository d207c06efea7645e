import type { Limits } from '../runtime.ts';

export type CgroupMode = 'cgroup-v1' | 'cgroup-v2';
/** The directory of each controller: one and the same in version 2. */
export type CgroupDirs = { memory: string; pids: string; cpu: string | null };
export type CgroupWrite = { file: string; value: string; optional?: boolean };

const periodUs = 100_000;
const mb = 1024 * 1024;
// bubblewrap's monitor and init, and the launcher, count too.
const ownPids = 4;

/** The files to write so that `limits` hold in the group; optional ones depend on how the kernel was built. */
export function limitWrites(mode: CgroupMode, dirs: CgroupDirs, limits: Limits): CgroupWrite[] {
  const bytes = String(limits.memoryMb * mb);
  const pids = { file: `${dirs.pids}/pids.max`, value: String(limits.pids + ownPids) };
  const quota = limits.cpus === undefined ? null : String(Math.round(limits.cpus * periodUs));
  if (mode === 'cgroup-v2') {
    return [
      { file: `${dirs.memory}/memory.max`, value: bytes },
      { file: `${dirs.memory}/memory.swap.max`, value: '0', optional: true },
      { file: `${dirs.memory}/memory.oom.group`, value: '1', optional: true },
      pids,
      ...(quota && dirs.cpu ? [{ file: `${dirs.cpu}/cpu.max`, value: `${quota} ${periodUs}`, optional: true }] : []),
    ];
  }
  return [
    { file: `${dirs.memory}/memory.limit_in_bytes`, value: bytes },
    { file: `${dirs.memory}/memory.memsw.limit_in_bytes`, value: bytes, optional: true },
    pids,
    ...(quota && dirs.cpu ? [{ file: `${dirs.cpu}/cpu.cfs_quota_us`, value: quota, optional: true }] : []),
  ];
}

/** The distinct directories of a group. */
export function groupDirs(dirs: CgroupDirs): string[] {
  return [...new Set([dirs.memory, dirs.pids, dirs.cpu].filter((dir) => dir !== null))];
}
