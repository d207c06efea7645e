import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../runtime.ts';
import { createSeatbeltRuntime, type SeatbeltOptions, type SeatbeltParts } from '../seatbelt-runtime.ts';

/** Runs programs without any sandbox. */
export const sandboxExec = fileURLToPath(new URL('./isolates-nothing-sandbox-exec.sh', import.meta.url));

/** Past the canaries, which find out at once that nothing is isolated. */
export const unjudged: SeatbeltParts = {
  sandboxExec,
  judge: async () => ({ status: 'available', limits: 'rlimit', grade: 'development' }),
};

/** A home with a secret, not below /tmp: that is where a sandbox has temporary files of its own. */
export function testHome(): { dir: string; options: SeatbeltOptions } {
  const dir = realpathSync(mkdtempSync('/var/tmp/sb-'));
  const stateDir = join(dir, 'state');
  mkdirSync(stateDir);
  const secretFile = join(stateDir, 'secret.key');
  writeFileSync(secretFile, 'never seen', { mode: 0o600 });
  return { dir, options: { stateDir, secretFile, tempRoot: join(dir, 't'), node: process.execPath } };
}

export type SeatbeltTestRuntime = { runtime: Runtime; dir: string; close(): Promise<void> };

export async function seatbeltRuntime(
  more: Partial<SeatbeltOptions> = {},
  parts: SeatbeltParts = unjudged,
): Promise<SeatbeltTestRuntime> {
  const { dir, options } = testHome();
  const runtime = await createSeatbeltRuntime({ ...options, ...more }, parts);
  const close = async () => {
    await runtime.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { runtime, dir, close };
}
