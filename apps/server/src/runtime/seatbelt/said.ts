import { delimiter, dirname, resolve } from 'node:path';
import { inside } from '../inside.ts';
import { proxyAddress, proxyEnvironment } from '../local/outlet.ts';
import { defaultEnv } from '../local/sandbox-args.ts';
import type { SandboxSpec } from '../local/spec.ts';
import type { Own } from './command.ts';
import { type Said, type Shown, saidOnHost } from './host-paths.ts';

/** Links in trees lead to packages below it. In a /tmp of the host it is no path inside either. */
const repositoryDir = resolve(import.meta.dirname, '..', '..', '..', '..', '..');

type Host = { node: string; path: readonly string[] };

/** Variables by which programs find the port that is theirs. */
function portEnvironment(env: SandboxSpec['env'], port: Own['port']): Record<string, string> {
  if (!port) return {};
  if (port.use === 'worker') return { TALKIDE_WORKER_RELAY_PORT: String(port.port) };
  const proxies = Object.keys(proxyEnvironment).filter((name) => env[name] === proxyAddress());
  return {
    ...Object.fromEntries(proxies.map((name) => [name, proxyAddress(port.port)])),
    EGRESS_PORT: String(port.port),
  };
}

/** What a sandbox runs: every path inside that its specification names as this host has it. Pure. */
export function saidFor({ node, path }: Host, spec: SandboxSpec, { tempDir, port }: Own): Said {
  const shown: Shown[] = [
    ...spec.binds.map(({ from, to }) => ({ from, to })),
    { to: inside.node, from: node },
    { to: inside.path, from: [dirname(node), ...path].join(delimiter) },
    { to: '/tmp', from: tempDir },
    { to: repositoryDir, from: repositoryDir },
  ];
  const env = { ...defaultEnv, TMPDIR: '/tmp', ...spec.env };
  return saidOnHost({ argv: spec.argv, cwd: spec.cwd, env: { ...env, ...portEnvironment(env, port) } }, shown);
}
