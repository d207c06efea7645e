import { describe, expect, test } from 'vitest';
import { groupDirs, limitWrites } from './cgroup-limits.ts';
import { cgroupMounts } from './cgroup-mounts.ts';

const v2Line = '29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';

describe('where the cgroup hierarchies are', () => {
  test('version 2', () => {
    const own = '0::/user.slice/user-1000.slice/session-2.scope\n';
    expect(cgroupMounts(v2Line, own)).toEqual([
      {
        version: 2,
        controllers: [''],
        root: '/sys/fs/cgroup',
        own: '/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope',
      },
    ]);
  });

  test('version 1 and the unnamed version 2 hierarchy beside it', () => {
    const mountinfo = [
      '30 29 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
      '31 29 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
      '32 29 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
      '33 29 0:30 / /proc rw - proc proc rw',
    ].join('\n');
    const mounts = cgroupMounts(mountinfo, '5:memory:/a/b\n4:cpu,cpuacct:/\n0::/\n');
    expect(mounts.map(({ version, controllers, own }) => [version, controllers.join(), own])).toEqual([
      [1, 'memory', '/sys/fs/cgroup/memory/a/b'],
      [1, 'cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct'],
      [2, '', '/sys/fs/cgroup/unified'],
    ]);
  });

  test('a container that sees only its part of the tree', () => {
    const mountinfo = v2Line.replace(' / ', ' /docker/abc ');
    expect(cgroupMounts(mountinfo, '0::/docker/abc/inner')[0]?.own).toBe('/sys/fs/cgroup/inner');
  });

  test('none', () => {
    expect(cgroupMounts('', '')).toEqual([]);
  });
});

describe('the limits of a group', () => {
  const limits = { memoryMb: 256, pids: 64, cpus: 0.5 };
  const lines = (writes: ReturnType<typeof limitWrites>) => writes.map(({ file, value }) => `${file}=${value}`);

  test('version 2', () => {
    const dirs = { memory: '/g', pids: '/g', cpu: '/g' };
    expect(groupDirs(dirs)).toEqual(['/g']);
    expect(lines(limitWrites('cgroup-v2', dirs, limits))).toEqual([
      '/g/memory.max=268435456',
      '/g/memory.swap.max=0',
      '/g/memory.oom.group=1',
      '/g/pids.max=68',
      '/g/cpu.max=50000 100000',
    ]);
  });

  test('version 1, and without a quota', () => {
    const dirs = { memory: '/m', pids: '/p', cpu: '/c' };
    const writes = lines(limitWrites('cgroup-v1', dirs, limits));
    expect(writes).toContain('/m/memory.limit_in_bytes=268435456');
    expect(writes).toContain('/p/pids.max=68');
    expect(writes).toContain('/c/cpu.cfs_quota_us=50000');
    const without = lines(limitWrites('cgroup-v1', { ...dirs, cpu: null }, { memoryMb: 256, pids: 64 }));
    expect(without.some((write) => write.startsWith('/c'))).toBe(false);
  });
});
