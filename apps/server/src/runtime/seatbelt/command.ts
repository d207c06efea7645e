import { join } from 'node:path';
import type { SandboxSpec } from '../local/spec.ts';
import type { Said } from './host-paths.ts';
import type { OpenedPort } from './own-port.ts';
import { sandboxProfile } from './profile.ts';
import { saidFor } from './said.ts';
import { socketDirs } from './socket-dirs.ts';

/** What a sandbox has for itself. */
export type Own = { tempDir: string; port: Pick<OpenedPort, 'port' | 'use'> | null };
type Host = { sandboxExec: string; node: string; path: readonly string[]; stateDir: string };

/** The command of a sandbox with its profile, its environment and its working directory. Paths of binds are canonical. */
export function commandOf(host: Host, spec: SandboxSpec, { tempDir, port }: Own): Said {
  const { argv, env, cwd } = saidFor(host, spec, { tempDir, port });
  const allowed = {
    ...{ binds: spec.binds, node: host.node, tempDir, network: spec.network },
    ...{ socketDirs: socketDirs(spec.binds), port: port?.port ?? null },
  };
  const profile = sandboxProfile(allowed, join(host.stateDir, 'nothing'));
  return { argv: [host.sandboxExec, '-p', profile, ...argv], env, cwd };
}
