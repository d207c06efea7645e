import { realpathSync } from 'node:fs';
import { SandboxRefused } from '../errors.ts';
import type { Bind } from '../runtime.ts';

function canonical(bind: Bind): Bind {
  let real: string;
  try {
    real = realpathSync(bind.from);
  } catch {
    throw new SandboxRefused(`Nothing to show at ${bind.to}: ${bind.from} can't be opened.`);
  }
  // A link swapped in afterwards opens nothing: Seatbelt judges the place that is reached, not the name.
  if (!bind.trusted && real !== bind.from) {
    throw new SandboxRefused(`The path ${bind.from} leads to ${real}; a sandbox shows no links to other places.`);
  }
  return { ...bind, from: real };
}

/** Binds with their real paths. Throws `SandboxRefused` for one that isn't there or leads elsewhere. */
export const canonicalBinds = (binds: readonly Bind[]): Bind[] => binds.map(canonical);
