import type { StdioOptions } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JobResult, JobSpec } from '../runtime.ts';
import { drained } from './drained.ts';
import { cappedLog } from './log-file.ts';
import { outletBinds, proxyEnvironment, requireOutlet } from './outlet.ts';
import type { SandboxedProgram } from './program.ts';
import type { SandboxSpec } from './spec.ts';
import { Tail } from './tail.ts';

const defaultSeconds = 600;
const defaultOutputBytes = 8 * 1024 * 1024;

/** A job of any kind of sandbox: the port offers builds and git, the canaries try them all. */
export type AnyJob = Omit<JobSpec, 'kind'> & Pick<SandboxSpec, 'kind' | 'network'>;

/** The sandbox of a job; one with a way out finds it as HTTP clients expect it. */
function jobSandbox(job: AnyJob): SandboxSpec {
  if (!job.egressDir) return job;
  return {
    ...job,
    env: { ...proxyEnvironment, NODE_OPTIONS: requireOutlet, ...job.env },
    binds: [...job.binds, ...outletBinds(job.egressDir)],
  };
}

function outputSink(job: AnyJob) {
  const limit = job.maxOutputBytes ?? defaultOutputBytes;
  const log = job.logFile ? cappedLog(job.logFile, limit) : null;
  const tail = new Tail();
  let passed = 0;
  return {
    tail,
    take(chunk: Buffer) {
      tail.push(chunk);
      log?.write(chunk);
      const rest = limit - passed;
      if (rest > 0) job.onOutput?.(chunk.subarray(0, rest));
      passed += chunk.length;
    },
    end: async () => log?.end(),
  };
}

/** Feeds standard input; a program that ends without reading it all is no error. */
function feed(sandboxed: SandboxedProgram, stdin: JobSpec['stdin']): void {
  const target = sandboxed.child.stdin;
  if (!target || stdin === undefined) return;
  const source = stdin instanceof Readable ? stdin : Readable.from([stdin]);
  pipeline(source, target).catch(() => target.destroy());
}

/** Starts a program in a sandbox. */
export type Spawn = (
  id: string,
  spec: SandboxSpec,
  stdio: StdioOptions,
) => SandboxedProgram | Promise<SandboxedProgram>;

/** Runs a job in a sandbox to its end. */
export async function runJob(spawn: Spawn, job: AnyJob): Promise<JobResult> {
  const started = performance.now();
  const sink = outputSink(job);
  const sandboxed = await spawn(job.id, jobSandbox(job), [job.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
  const { stdout, stderr } = sandboxed.child;
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      sandboxed.kill();
      // Whoever takes the output may have stopped reading, and would be waited for.
      job.stdout?.destroy(new Error('The time is up.'));
    },
    (job.limits.seconds ?? defaultSeconds) * 1_000,
  );
  job.abort?.addEventListener('abort', sandboxed.kill, { once: true });
  if (job.abort?.aborted) sandboxed.kill();

  stderr?.on('data', sink.take);
  const piped = job.stdout && stdout ? pipeline(stdout, job.stdout).catch(() => sandboxed.kill()) : null;
  if (!piped) stdout?.on('data', sink.take);
  feed(sandboxed, job.stdin);

  const [exit] = await Promise.all([sandboxed.exited, drained(stderr), piped ?? drained(stdout)]);
  clearTimeout(timer);
  job.abort?.removeEventListener('abort', sandboxed.kill);
  await sink.end();
  return {
    exitCode: exit.code,
    signal: exit.signal,
    timedOut,
    outOfMemory: exit.outOfMemory,
    outputTail: sink.tail.text(),
    durationMs: Math.round(performance.now() - started),
  };
}
