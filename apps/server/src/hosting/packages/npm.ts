import { rm } from 'node:fs/promises';
import { inside, type JobResult, type Runtime } from '../../runtime/index.ts';
import type { EgressPort } from '../ports.ts';

export interface NpmOptions {
  runtime: Pick<Runtime, 'run' | 'paths'>;
  egress: Pick<EgressPort, 'openForPackages' | 'closeFor'>;
  /** The folder of npm's own files. */
  npmDir: string;
  /** The registry that packages come from, asked for at the first use. */
  registry(): Promise<URL>;
  /** Authorities that this machine trusts besides the usual ones, as `NODE_EXTRA_CA_CERTS` names them. */
  caFile?: string | undefined;
  /** Hosts beside the registry's that may be reached, as `host` or `host:port`. */
  hosts: readonly string[];
}

export interface NpmJob {
  id: string;
  owner: { tenantId: string; projectId: string };
  /** Holds `package.json` and, if there is one, `package-lock.json`; what npm makes stays in it. */
  folder: string;
  args: readonly string[];
  signal: AbortSignal;
  logFile?: string;
  onOutput?(chunk: Buffer): void;
}

const LIMITS = { memoryMb: 1536, pids: 256, fileSizeMb: 256, seconds: 120, cpus: 2 };
const CA_INSIDE = `${inside.platform}/authorities.pem`;
const OUTPUT_BYTES = 256 * 1024;
const WEB_PORT = { 'https:': 443, 'http:': 80 } as const;

/** Runs npm in a sandbox that reaches the registry and nothing else. No script of any package is run. */
export async function runNpm(options: NpmOptions, job: NpmJob): Promise<JobResult> {
  const registry = await options.registry();
  const id = `packages-${job.id}`;
  const egressDir = await options.egress.openForPackages(id, job.owner, destinations(registry, options.hosts));
  try {
    return await options.runtime.run({
      ...{ id, kind: 'build', cwd: '/build', limits: LIMITS, abort: job.signal, maxOutputBytes: OUTPUT_BYTES },
      argv: [inside.node, `${inside.npm}/bin/npm-cli.js`, ...job.args, '--ignore-scripts'],
      env: { ...settings(registry), ...(options.caFile && { NODE_EXTRA_CA_CERTS: CA_INSIDE }) },
      binds: [
        { from: job.folder, to: '/build', mode: 'rw' },
        { from: options.npmDir, to: inside.npm, mode: 'ro', trusted: true },
        ...(options.caFile ? [{ from: options.caFile, to: CA_INSIDE, mode: 'ro', trusted: true } as const] : []),
      ],
      egressDir,
      ...(job.logFile && { logFile: job.logFile }),
      ...(job.onOutput && { onOutput: job.onOutput }),
    });
  } finally {
    await options.egress.closeFor(id);
    // On the disk, because a sandbox's own /tmp is memory.
    await rm(`${job.folder}/.npm`, { recursive: true, force: true }).catch(() => {});
  }
}

const settings = (registry: URL) => ({
  CI: 'true',
  npm_config_registry: registry.href,
  npm_config_cache: '/build/.npm',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  npm_config_save_exact: 'true',
  // A lockfile that names no host is good on any platform, with whatever registry it has.
  npm_config_omit_lockfile_registry_resolved: 'true',
  npm_config_fetch_retries: '1',
});

function destinations(registry: URL, hosts: readonly string[]) {
  const fallback = WEB_PORT[registry.protocol as keyof typeof WEB_PORT] ?? 443;
  const others = hosts.map((text) => new URL(`${registry.protocol}//${text}`));
  return [registry, ...others].map(({ hostname, port }) => ({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : fallback,
  }));
}
