import { mkdir, mkdtemp, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTreeLater } from '../platform/remove-tree.ts';
import type { Runtime } from '../runtime/index.ts';
import { ArtefactRefused, type ArtefactStore } from './artefacts.ts';
import type { Packages } from './packages/packages.ts';
import type { HostedProject, HostedStack } from './ports.ts';

const LIMITS = { memoryMb: 1536, pids: 256, fileSizeMb: 256, seconds: 180, cpus: 2 };
const LOG_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

export type CompileResult =
  | { ok: true; artefactDigest: string; log: string; logBytes: number }
  | { ok: false; exitCode: number | null; log: string; logBytes: number };

export interface CompileOptions {
  runtime: Runtime;
  artefacts: ArtefactStore;
  /** Shared dependencies by key. */
  depsDir: string;
  /** Where builds happen: a folder per build, removed afterwards. */
  buildsDir: string;
  packages: Pick<Packages, 'provide'>;
}

export interface CompileJob {
  id: string;
  stack: HostedStack;
  /** Null: the platform's own template. */
  project: HostedProject | null;
  /** Lays the sources into the folder. */
  checkout(targetDir: string): Promise<void>;
  logFile: string;
  onOutput(chunk: Buffer): void;
  /** Ends the build at once; the result is then worth nothing. */
  signal?: AbortSignal;
  /** The platform's own sources: this build may fill the cache of compiled build tools that all others read. */
  fillsCache?: boolean;
}

/** Where the build tools of a stack keep their compiled code; a tenant's build must never be able to write it. */
const compileCache = (stack: HostedStack) => `${stack.dependenciesKey}/compile-cache`;

const NEVER = new AbortController().signal;
const jobOf = ({ logFile, onOutput, signal }: CompileJob) => ({ logFile, onOutput, signal: signal ?? NEVER });

/** Builds sources in a sandbox without network or credentials and keeps the outputs as an artefact. */
export async function compile(options: CompileOptions, job: CompileJob): Promise<CompileResult> {
  await mkdir(options.buildsDir, { recursive: true });
  // A name of its own: a build that lost its lease may still be ending while the next one begins.
  const folder = await mkdtemp(join(options.buildsDir, `${job.id}-`));
  const source = join(folder, 'source');
  await mkdir(source);
  try {
    await job.checkout(source);
    const packages = await options.packages.provide(job, source, jobOf(job));
    if (!packages.ok) {
      const note = packages.note && `\n${packages.note}`;
      return { ok: false, exitCode: packages.exitCode, ...(await readTail(job.logFile, note)) };
    }
    await symlink(packages.path, join(source, 'node_modules'));
    const cache = compileCache(job.stack);
    if (job.fillsCache) await mkdir(join(options.depsDir, cache), { recursive: true });
    const result = await options.runtime.run({
      id: `build-${job.id}`,
      kind: 'build',
      argv: job.stack.commands.build,
      cwd: '/build',
      env: { NODE_ENV: 'production', CI: 'true', NODE_COMPILE_CACHE: `/opt/deps/${cache}` },
      binds: [
        { from: source, to: '/build', mode: 'rw' },
        ...packages.binds,
        ...(job.fillsCache
          ? [{ from: join(options.depsDir, cache), to: `/opt/deps/${cache}`, mode: 'rw' } as const]
          : []),
      ],
      limits: LIMITS,
      logFile: job.logFile,
      maxOutputBytes: LOG_BYTES,
      onOutput: job.onOutput,
      ...(job.signal ? { abort: job.signal } : {}),
    });
    if (result.exitCode !== 0) {
      const why = result.timedOut
        ? `\nThe build took longer than ${LIMITS.seconds} s and was stopped.`
        : result.outOfMemory
          ? `\nThe build used more than ${LIMITS.memoryMb} MB of memory and was stopped.`
          : '';
      return { ok: false, exitCode: result.exitCode, ...(await readTail(job.logFile, why)) };
    }
    const artefactDigest = await options.artefacts.add(source, job.stack.outputs);
    return { ok: true, artefactDigest, ...(await readTail(job.logFile, '')) };
  } catch (error) {
    if (!(error instanceof ArtefactRefused)) throw error;
    return { ok: false, exitCode: 0, ...(await readTail(job.logFile, `\n${error.message}`)) };
  } finally {
    // What cannot be removed now (the disk is full) is swept at the next start.
    await removeTreeLater(folder).catch(() => {});
  }
}

async function readTail(logFile: string, addition: string): Promise<{ log: string; logBytes: number }> {
  const file = await open(logFile, 'a+');
  try {
    if (addition) await file.write(addition);
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    // PostgreSQL text takes no NUL.
    return { log: buffer.toString('utf8').replaceAll('\0', ''), logBytes: size };
  } finally {
    await file.close();
  }
}
