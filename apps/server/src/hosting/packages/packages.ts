import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackagesAnswer } from '@talkide/contracts';
import { type Bind, inside, RuntimeUnavailable } from '../../runtime/index.ts';
import type { HostedProject, HostedStack, ProjectsPort } from '../ports.ts';
import { createTurnstile } from '../turnstile.ts';
import { type NpmJob, type NpmOptions, runNpm } from './npm.ts';
import { readPlain } from './plain-file.ts';
import * as store from './store.ts';

export interface PackagesOptions {
  npm: NpmOptions;
  projects: Pick<ProjectsPort, 'packagesDir'>;
  /** Shared dependencies by key. */
  depsDir: string;
}

/** What to install for whom. */
export interface PackagesOf {
  project: HostedProject;
  stack: HostedStack;
}

export type Provided =
  /** `path` inside a sandbox that is shown `binds`. */
  | { ok: true; path: string; binds: readonly Bind[] }
  | { ok: false; exitCode: number | null; log: string; note: string };

export interface Packages {
  /** Where the packages of sources are: the stack's, or those that its lockfile names, installed if they are not yet. */
  provide(
    of: Pick<PackagesOf, 'stack'> & { project: HostedProject | null },
    source: string,
    job: Pick<NpmJob, 'logFile' | 'onOutput'> & { signal: AbortSignal },
  ): Promise<Provided>;
  /** Adds and removes packages and installs the outcome. Rejects with the signal's reason when that fires. */
  change(of: PackagesOf, change: PackagesChange, signal: AbortSignal): Promise<PackagesAnswer>;
}

export interface PackagesChange {
  packageJson: string;
  lockfile: string;
  add: readonly string[];
  remove: readonly string[];
}

const PACKAGE_JSON_BYTES = 100_000;
const LOCKFILE_BYTES = 4_000_000;
const LOG_CHARACTERS = 3_000;
/** Of the whole platform. */
const PARALLEL = 2;

const ownerOf = ({ tenant_id: tenantId, id: projectId }: HostedProject) => ({ tenantId, projectId });
const shared = (key: string) => `${inside.deps}/${key}/node_modules`;
const own = (projectId: string, key: string) => `${inside.packages}/${projectId}/${key}/node_modules`;

export function createPackages({ npm, projects, depsDir }: PackagesOptions): Packages {
  const turnstile = createTurnstile(PARALLEL);

  /** Installs exactly what a lockfile names; null when that went well. */
  async function install(
    project: HostedProject,
    folder: string,
    files: { packageJson: string; lockfile: string },
    job: Pick<NpmJob, 'logFile' | 'onOutput' | 'signal'>,
  ): Promise<Extract<Provided, { ok: false }> | null> {
    const key = store.packagesKey(files.lockfile);
    return turnstile.pass(project.id, job.signal, () =>
      store.withDraft(folder, async (draft) => {
        if (await store.usePackages(folder, key)) return null;
        await store.laySource(draft, files);
        const args = ['ci'];
        const result = await runNpm(npm, { ...job, id: project.id, owner: ownerOf(project), folder: draft, args });
        job.signal.throwIfAborted();
        const { exitCode, outputTail: log } = result;
        if (exitCode !== 0) return { ok: false, exitCode, log, note: result.timedOut ? TOO_LONG : '' };
        if (await store.isTooLarge(draft)) return { ok: false, exitCode, log, note: store.TOO_LARGE };
        await store.keepPackages(folder, key, draft);
        return null;
      }),
    );
  }

  const isShared = (key: string) =>
    access(join(depsDir, key)).then(
      () => true,
      () => false,
    );

  return {
    async provide({ project, stack }, source, job) {
      const sharedBind: Bind = { from: depsDir, to: inside.deps, mode: 'ro' };
      const lockfile = await readPlain(join(source, 'package-lock.json'), LOCKFILE_BYTES);
      const key = lockfile === null ? stack.dependenciesKey : store.packagesKey(lockfile);
      if (!project || lockfile === null || key === stack.dependenciesKey)
        return { ok: true, path: shared(stack.dependenciesKey), binds: [sharedBind] };
      const folder = await projects.packagesDir(project);
      await mkdir(folder, { recursive: true });
      if (!(await store.usePackages(folder, key))) {
        const packageJson = await readPlain(join(source, 'package.json'), PACKAGE_JSON_BYTES);
        if (await isShared(key)) await store.linkShared(folder, key, shared(key));
        else {
          const failed = await install(project, folder, { packageJson: packageJson ?? '{}', lockfile }, job);
          if (failed) return failed;
        }
      }
      const binds: Bind[] = [sharedBind, { from: folder, to: `${inside.packages}/${project.id}`, mode: 'ro' }];
      return { ok: true, path: own(project.id, key), binds };
    },

    async change({ project, stack }, change, signal) {
      const folder = await projects.packagesDir(project);
      try {
        const changed = await turnstile.pass(project.id, signal, () =>
          store.withDraft(folder, (draft) => rewrite(project, draft, change, signal)),
        );
        if (!changed.ok) return { outcome: 'failed', log: changed.log };
        const { packageJson, lockfile, log } = changed;
        const key = store.packagesKey(lockfile);
        if (key === stack.dependenciesKey)
          return { outcome: 'installed', packageJson, lockfile, modules: shared(key), log };
        const failed = await install(project, folder, { packageJson, lockfile }, { signal });
        if (failed) return { outcome: 'failed', log: tail(`${failed.log}\n${failed.note}`) };
        return { outcome: 'installed', packageJson, lockfile, modules: own(project.id, key), log };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof RuntimeUnavailable)) throw error;
        return { outcome: 'unavailable', reason: `${error.message} ${error.mend}` };
      }
    },
  };

  /** Lets npm write the two files anew; installs nothing yet. */
  async function rewrite(project: HostedProject, draft: string, change: PackagesChange, signal: AbortSignal) {
    await store.laySource(draft, change);
    const log: string[] = [];
    const commands = [
      ...(change.remove.length > 0 ? [['uninstall', ...change.remove]] : []),
      ...(change.add.length > 0 || change.remove.length === 0 ? [['install', ...change.add]] : []),
    ];
    for (const [i, command] of commands.entries()) {
      const args = [...command, '--package-lock-only'];
      const job = { id: `${project.id}-${i}`, owner: ownerOf(project), folder: draft, args, signal };
      const result = await runNpm(npm, job);
      signal.throwIfAborted();
      log.push(wordsOf(result));
      if (result.exitCode !== 0) return { ok: false as const, log: tail(log.join('\n')) };
    }
    const packageJson = await readPlain(join(draft, 'package.json'), PACKAGE_JSON_BYTES);
    const lockfile = await readPlain(join(draft, 'package-lock.json'), LOCKFILE_BYTES);
    if (packageJson === null || lockfile === null) return { ok: false as const, log: store.TOO_LARGE };
    return { ok: true as const, packageJson, lockfile, log: tail(log.join('\n')) };
  }
}

const TOO_LONG = 'Installing took too long and was stopped.';
const tail = (log: string) => log.slice(-LOG_CHARACTERS);

function wordsOf({ outputTail, timedOut }: { outputTail: string; timedOut: boolean }): string {
  return timedOut ? `${outputTail}\n${TOO_LONG}` : outputTail;
}
