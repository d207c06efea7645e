import { execFile } from 'node:child_process';
import { lstat, mkdir, readlink, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SandboxArch, seccompFilter } from './seccomp.ts';

export type RootMount = { type: 'ro-bind' | 'symlink'; from: string; to: string };

/** What every sandbox sees of the host, found once at boot. */
export type RootLayout = {
  bwrap: string;
  /** Whether this bubblewrap binds open files (--bind-fd), which closes the race between checking and mounting. */
  bindsByFd: boolean;
  mounts: RootMount[];
  /** Parts of /proc that describe or steer the host, hidden where this kernel has them. */
  hiddenProc: { path: string; type: 'file' | 'dir' }[];
  seccompFile: string;
};

const topLevel = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
// Not all of /etc/ssl: it holds private keys.
const etc = ['/etc/ssl/certs', '/etc/ssl/openssl.cnf', '/etc/alternatives', '/etc/ld.so.cache'];
const procParts = ['acpi', 'fs', 'kcore', 'keys', 'kmsg', 'latency_stats', 'scsi', 'sched_debug', 'timer_list'];

const made: Record<string, string> = {
  passwd: 'app:x:1000:1000:app:/tmp:/bin/sh\n',
  group: 'app:x:1000:\n',
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
};

async function mountOf(path: string): Promise<RootMount[]> {
  const found = await lstat(path).catch(() => null);
  if (!found) return [];
  if (!found.isSymbolicLink()) return [{ type: 'ro-bind', from: path, to: path }];
  return [{ type: 'symlink', from: await readlink(path), to: path }];
}

async function hidden(part: string): Promise<RootLayout['hiddenProc']> {
  const path = `/proc/${part}`;
  const found = await stat(path).catch(() => null);
  return found ? [{ path, type: found.isDirectory() ? 'dir' : 'file' }] : [];
}

/** Looks at the host and writes the few files every sandbox shares into `stateDir`. Throws when bubblewrap can't run. */
export async function readRootLayout(options: {
  bwrap: string;
  node: string;
  stateDir: string;
  arch: SandboxArch;
}): Promise<RootLayout> {
  const files = join(options.stateDir, 'sandbox');
  await mkdir(files, { recursive: true, mode: 0o755 });
  const seccompFile = join(files, 'seccomp.bpf');
  await writeFile(seccompFile, seccompFilter(options.arch));
  for (const [name, text] of Object.entries(made)) await writeFile(join(files, name), text);

  const { stdout: help } = await promisify(execFile)(options.bwrap, ['--help'], { env: {} });
  const node = await realpath(options.node);
  const host = (await Promise.all([...topLevel, ...etc].map(mountOf))).flat();
  const own = Object.keys(made).map((name): RootMount => {
    return { type: 'ro-bind', from: join(files, name), to: `/etc/${name}` };
  });
  return {
    bwrap: options.bwrap,
    bindsByFd: help.includes('--bind-fd'),
    mounts: [...host, ...own, { type: 'ro-bind', from: node, to: '/opt/node/bin/node' }],
    hiddenProc: (await Promise.all(procParts.map(hidden))).flat(),
    seccompFile,
  };
}
