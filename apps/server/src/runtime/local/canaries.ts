import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inside } from '../inside.ts';
import type { JobResult, RuntimeStatus } from '../runtime.ts';
import { runJob } from './jobs.ts';
import { type SandboxHost, spawner } from './sandbox.ts';
import type { SandboxSpec } from './spec.ts';
import { blockedCalls } from './syscalls.ts';

/** What the canaries try to reach: a file that exists, and a port of the host's loopback that listens. */
export type CanaryTargets = { secretFile: string; hostPort: number };

const probe = fileURLToPath(new URL('./canary-probe.cjs', import.meta.url));
const probeInside = `${inside.platform}/canary-probe.cjs`;
type Cage = Pick<SandboxSpec, 'kind' | 'network'>;
const cages: Cage[] = [{ kind: 'worker' }, { kind: 'build' }, { kind: 'app' }, { kind: 'git' }];
const onHostNetwork: Cage = { kind: 'worker', network: 'host' };
/** What a sandbox with the host's network is meant to be able to do. */
const byNetwork = ['reach a port of the host', 'find a route to the network'];
const probeSeconds = 10;
const ptraceCall = blockedCalls.ptrace?.[process.arch === 'arm64' ? 1 : 0] ?? -1;

function runProbe(host: SandboxHost, cage: Cage, targets: CanaryTargets): Promise<JobResult> {
  return runJob(spawner(host), {
    id: 'canary',
    ...cage,
    argv: [inside.node, probeInside, targets.secretFile, String(targets.hostPort), String(ptraceCall)],
    env: {},
    cwd: '/tmp',
    binds: [{ from: probe, to: probeInside, mode: 'ro', trusted: true }],
    limits: { memoryMb: 256, pids: 64, seconds: probeSeconds },
  });
}

function unavailable(reason: string, mend: string): RuntimeStatus {
  return { status: 'unavailable', reason, mend };
}

/** Judges what a probe printed; null when the sandbox held. */
function judgeProbe({ kind, network }: Cage, result: JobResult): RuntimeStatus | null {
  if (result.exitCode === 0) {
    const done = JSON.parse(result.outputTail) as string[];
    const breaches = network === 'host' ? done.filter((one) => !byNetwork.includes(one)) : done;
    if (breaches.length === 0) return null;
    const what = breaches.join(', ');
    return unavailable(
      `A program in the ${kind} sandbox was able to: ${what}.`,
      'Nothing of other people is run. Update bubblewrap and the kernel, then start again.',
    );
  }
  if (/namespace|uid map|Operation not permitted|Permission denied/i.test(result.outputTail)) {
    return unavailable(
      `The sandbox can't be made on this machine: ${result.outputTail.trim()}`,
      'Allow user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or user.max_user_namespaces=10000; in a container, run it with a seccomp profile that permits them.',
    );
  }
  return unavailable(
    `The sandbox did not work: ${result.timedOut ? 'no answer in time' : result.outputTail.trim() || `exit ${result.exitCode ?? result.signal}`}`,
    'Check that bubblewrap 0.8 or later runs on this machine: bwrap --unshare-all --ro-bind / / true',
  );
}

/** Tries to break out of every kind of sandbox at once. Whatever goes wrong makes the runtime unavailable, with the mend. */
export async function runCanaries(
  host: SandboxHost,
  targets: CanaryTargets,
  hostNetwork: boolean,
): Promise<RuntimeStatus> {
  const tried = hostNetwork ? [...cages, onHostNetwork] : cages;
  const results = await Promise.all(tried.map(async (cage) => judgeProbe(cage, await runProbe(host, cage, targets))));
  const failed = results.find((result) => result !== null);
  return failed ?? { status: 'available', limits: host.cgroups?.mode ?? 'rlimit', grade: 'production' };
}

/** Listens on a free port of the host's loopback while `use` runs. */
export async function withLoopbackPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await use(typeof address === 'object' && address ? address.port : 0);
  } finally {
    server.close();
  }
}
