import { Writable } from 'node:stream';
import { DomainError } from '../../errors.ts';
import { inside, type JobSpec, type Runtime, RuntimeUnavailable } from '../../runtime/index.ts';

/** One shell script of git commands, run in a sandbox that shows a repository and perhaps a tree. */
export interface GitJob {
  script: string;
  /** Reach the script as `$1`, `$2`, … and are never part of its text. */
  args: readonly string[];
  repository?: { dir: string; mode: 'ro' | 'rw' };
  /** Shown at the working directory. */
  tree?: { dir: string; mode: 'ro' | 'rw' };
  env?: Readonly<Record<string, string>>;
  stdin?: JobSpec['stdin'];
  /** Output beyond it ends the job and is reported as `truncated`. */
  maxBytes?: number;
  seconds?: number;
  abort?: AbortSignal;
}

interface GitOutput {
  stdout: Buffer;
  truncated: boolean;
}

/** Git said no. `exitCode` may be one that the script chose. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed';
  readonly exitCode: number | null;

  constructor(exitCode: number | null, detail: string) {
    super(`git ended with ${exitCode ?? 'a signal'}: ${detail.slice(-2000)}`);
    this.exitCode = exitCode;
  }
}

export interface Git {
  run(job: GitJob): Promise<GitOutput>;
  /** Streams standard output with back-pressure instead of keeping it. */
  stream(job: Omit<GitJob, 'maxBytes'>, stdout: Writable): Promise<void>;
}

const REPOSITORY = '/repository.git';
const TREE = '/tree';
const MAX_BYTES = 1024 * 1024;

/** Nothing that a tree or a repository says may start a program, and file contents are taken byte for byte. */
const config: Record<string, string> = {
  'safe.directory': '*',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'core.excludesFile': '/dev/null',
  'core.quotePath': 'false',
  'core.autocrlf': 'false',
  'core.protectNTFS': 'false',
  'core.protectHFS': 'false',
  // Files above are stored without deltas, which keeps memory bounded.
  'core.bigFileThreshold': '8m',
  'submodule.recurse': 'false',
  'diff.ignoreSubmodules': 'all',
  'protocol.allow': 'never',
  'advice.addEmbeddedRepo': 'false',
  'gc.auto': '0',
  // What a version names must survive a power cut, as its row does.
  'core.fsync': 'committed',
  'core.fsyncMethod': 'batch',
  'pack.threads': '1',
  'uploadpack.hideRefs': 'refs/attempts',
};

const environment: Record<string, string> = {
  PATH: inside.path,
  HOME: '/tmp',
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_DIR: REPOSITORY,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_CONFIG_COUNT: String(Object.keys(config).length),
  ...Object.fromEntries(
    Object.entries(config).flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]),
  ),
};

let jobs = 0;

/** The sandboxed job of a git script. Pure but for its id. */
export function gitJobSpec(job: Omit<GitJob, 'maxBytes'>): JobSpec {
  jobs += 1;
  return {
    id: `g${process.pid}-${jobs}`,
    kind: 'git',
    argv: ['/bin/sh', '-c', job.script, 'git', ...job.args],
    env: { ...environment, ...(job.tree ? { GIT_WORK_TREE: TREE } : {}), ...job.env },
    cwd: job.tree ? TREE : REPOSITORY,
    binds: [
      ...(job.repository ? [{ from: job.repository.dir, to: REPOSITORY, mode: job.repository.mode }] : []),
      ...(job.tree ? [{ from: job.tree.dir, to: TREE, mode: job.tree.mode }] : []),
    ],
    limits: { memoryMb: 512, pids: 64, fileSizeMb: 512, seconds: job.seconds ?? 60 },
    maxOutputBytes: MAX_BYTES,
    ...(job.stdin === undefined ? {} : { stdin: job.stdin }),
    ...(job.abort ? { abort: job.abort } : {}),
  };
}

/** Of files that git could make and not write to their end it names no reason: there is no other. */
const NO_ROOM = /No space left|Disk quota exceeded|Out of diskspace|(unable to|couldn't) write (file|new|')/;

const failureOf = (exitCode: number | null, output: string): Error => {
  const failed = new GitFailed(exitCode, output);
  return NO_ROOM.test(output) ? new DomainError('disk_full', {}, failed) : failed;
};

/** Git on the runtime's sandboxes: the host never runs it on what an agent can write. */
export function createGit(runtime: Pick<Runtime, 'run'>): Git {
  const run = async (spec: JobSpec) => {
    try {
      return await runtime.run(spec);
    } catch (error) {
      if (!(error instanceof RuntimeUnavailable)) throw error;
      throw new DomainError('runtime_unavailable', { reason: error.message, mend: error.mend }, error);
    }
  };
  return {
    async run(job) {
      const output = new Collector(job.maxBytes ?? MAX_BYTES);
      const result = await run({ ...gitJobSpec(job), stdout: output });
      if (result.exitCode !== 0 && !output.truncated) throw failureOf(result.exitCode, result.outputTail);
      return { stdout: output.taken(), truncated: output.truncated };
    },
    async stream(job, stdout) {
      const result = await run({ ...gitJobSpec(job), stdout });
      if (result.exitCode !== 0) throw failureOf(result.exitCode, result.outputTail);
    },
  };
}

/** Keeps output up to a bound; more breaks the pipe, which ends the job. */
class Collector extends Writable {
  truncated = false;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private readonly limit: number;

  constructor(limit: number) {
    super();
    this.limit = limit;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const rest = this.limit - this.size;
    this.chunks.push(chunk.length > rest ? chunk.subarray(0, rest) : chunk);
    this.size += Math.min(chunk.length, rest);
    this.truncated = chunk.length > rest;
    done(this.truncated ? new Error('enough output') : undefined);
  }

  taken(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
