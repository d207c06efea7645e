import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inside } from '../inside.ts';
import { runJob, type Spawn } from '../local/jobs.ts';
import type { SandboxKind, SandboxSpec } from '../local/spec.ts';
import type { JobResult, RuntimeStatus } from '../runtime.ts';

/** What the canaries try to reach: a file that exists, and a port of the host's loopback that listens. */
export type CanaryTargets = { secretFile: string; hostPort: number; stateDir: string };

const source = fileURLToPath(new URL('./canary-probe.cjs', import.meta.url));
type Cage = Pick<SandboxSpec, 'kind' | 'network'>;
const kinds: readonly SandboxKind[] = ['worker', 'build', 'app', 'git'];
const onHostNetwork: Cage = { kind: 'worker', network: 'host' };
/** What a sandbox with the host's network is meant to be able to do. */
const byNetwork = ['reach a port of the host', 'reach the address of metadata', 'listen on a port of the host'];
const probeSeconds = 20;

type Folders = { own: string; other: string };

function runProbe(spawn: Spawn, cage: Cage, targets: CanaryTargets, { own, other }: Folders): Promise<JobResult> {
  const args = [targets.secretFile, other, String(targets.hostPort), String(process.pid), '/workspace/probe.cjs'];
  return runJob(spawn, {
    id: 'canary',
    ...cage,
    argv: [inside.node, '/workspace/probe.cjs', ...args],
    env: {},
    cwd: '/workspace',
    binds: [{ from: own, to: '/workspace', mode: 'ro', trusted: true }],
    limits: { memoryMb: 256, pids: 64, seconds: probeSeconds },
  });
}

const unavailable = (reason: string, mend: string): RuntimeStatus => ({ status: 'unavailable', reason, mend });

/** Judges what a probe printed; null when the sandbox held. */
function judgeProbe({ kind, network }: Cage, result: JobResult): RuntimeStatus | null {
  if (result.exitCode === 0) {
    const done = JSON.parse(result.outputTail) as string[];
    const breaches = network === 'host' ? done.filter((one) => !byNetwork.includes(one)) : done;
    if (breaches.length === 0) return null;
    return unavailable(
      `A program in the ${kind} sandbox was able to: ${breaches.join(', ')}.`,
      'Nothing of other people is run. Update macOS and TalkIDE, then start again; or run the platform on Linux.',
    );
  }
  const said = result.timedOut
    ? 'no answer in time'
    : result.outputTail.trim() || `exit ${result.exitCode ?? result.signal}`;
  return unavailable(
    `The sandbox did not work: ${said}`,
    "Check that Seatbelt works on this machine: sandbox-exec -p '(version 1)(allow default)' true",
  );
}

/** Tries to break out of every kind of sandbox at once. Whatever goes wrong makes the runtime unavailable, with the mend. */
export async function runCanaries(spawn: Spawn, targets: CanaryTargets, hostNetwork: boolean): Promise<RuntimeStatus> {
  const folder = join(targets.stateDir, 'canary');
  const folders = { own: join(folder, 'own'), other: join(folder, 'other') };
  for (const one of Object.values(folders)) mkdirSync(one, { recursive: true, mode: 0o700 });
  copyFileSync(source, join(folders.own, 'probe.cjs'));
  writeFileSync(join(folders.other, 'note.txt'), 'private');
  try {
    const cages: Cage[] = [...kinds.map((kind) => ({ kind })), ...(hostNetwork ? [onHostNetwork] : [])];
    const tried = cages.map(async (cage) => judgeProbe(cage, await runProbe(spawn, cage, targets, folders)));
    const failed = (await Promise.all(tried)).find((verdict) => verdict !== null);
    return failed ?? { status: 'available', limits: 'rlimit', grade: 'development' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
