import { closeSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { SandboxRefused } from '../errors.ts';
import type { Bind } from '../runtime.ts';

const O_PATH = 0o10000000; // Linux, the same on x64 and arm64; Node has no constant for it

function openBind(bind: Bind): number {
  const from = bind.trusted ? realpathSync(bind.from) : bind.from;
  let fd: number;
  try {
    fd = openSync(from, O_PATH);
  } catch {
    throw new SandboxRefused(`Nothing to show at ${bind.to}: ${from} can't be opened.`);
  }
  // Checked on the open file, so that a link swapped in afterwards changes nothing.
  const real = readlinkSync(`/proc/self/fd/${fd}`);
  if (real === from) return fd;
  closeSync(fd);
  throw new SandboxRefused(`The path ${from} leads to ${real}; a sandbox shows no links to other places.`);
}

/** Opens every bind's source, so that what was checked is what gets mounted. The caller closes them after the spawn. */
export function openBinds(binds: readonly Bind[]): number[] {
  const opened: number[] = [];
  try {
    for (const bind of binds) opened.push(openBind(bind));
    return opened;
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}
