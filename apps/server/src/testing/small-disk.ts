import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** What the system gives and takes of a small disk at once, in bytes. */
export const BLOCK = 4096;

export interface SmallDisk {
  /** Where it is mounted. */
  path: string;
  /** Does something while only so many bytes are left on it. There is room again afterwards. */
  leaving<T>(bytes: number, work: () => Promise<T>): Promise<T>;
  unmount(): void;
}

/** A disk in memory that gets full soon, mounted at a new folder. Needs root. */
export function mountSmallDisk(path: string, megabytes: number): SmallDisk {
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    async leaving(bytes, work) {
      // Ends, with an error, where the disk does.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, `bs=${BLOCK}`]);
      truncateSync(ballast, statSync(ballast).size - bytes);
      try {
        return await work();
      } finally {
        rmSync(ballast);
      }
    },
    unmount: () => void execFileSync('umount', ['-l', path]),
  };
}
