import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { createLocalRuntime, type LocalRuntimeOptions } from './local-runtime.ts';

export type TestRuntime = { runtime: Runtime; dir: string; secretFile: string; close(): Promise<void> };

/** A local runtime in a folder of its own, with a secret its sandboxes must not see. Sockets of spares go into `s`. */
export async function testRuntime(more: Partial<LocalRuntimeOptions> = {}, spares = 0): Promise<TestRuntime> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'rt-')));
  const stateDir = join(dir, 'state');
  mkdirSync(stateDir);
  const secretFile = join(stateDir, 'secret.key');
  writeFileSync(secretFile, 'never seen', { mode: 0o600 });
  const runtime = await createLocalRuntime({
    homeId: `test-${process.pid}-${dir.slice(-6)}`,
    stateDir,
    secretFile,
    bwrap: '/usr/bin/bwrap',
    node: process.execPath,
    arch: process.arch,
    spares: { count: spares, socketsDir: join(dir, 's') },
    ...more,
  });
  const close = async () => {
    await runtime.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { runtime, dir, secretFile, close };
}

/** The processes of the machine, as pids, whose command line contains `marker`. */
export function processesWith(marker: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false; // it ended meanwhile
    }
  });
}
