import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackagesAnswer } from '@talkide/contracts';
import { type Bind, inside, RuntimeUnavailable, shownAt } from '../../runtime/index.ts';
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
  /** Adds and removes packages, installed with it. Rejects with the signal's reason when that fires. */
  change(of: PackagesOf, change: PackagesChange, signal: AbortSignal): Promise<PackagesAnswer>;
}

export interface PackagesChange {
  packageJson: string;
  lockfile: string;
  add: readonly string[];
  remove: readonly string[];
}

const LOCKFILE = 'package-lock.json';
const PACKAGE_JSON_BYTES = 100_000;
const LOCKFILE_BYTES = 4_000_000;
const LOG_CHARACTERS = 3_000;
/** Of the whole platform. */
const PARALLEL = 2;

const ownerOf = ({ tenant_id: tenantId, id: projectId }: HostedProject) => ({ tenantId, projectId });

export function createPackages({ npm, projects, depsDir }: PackagesOptions): Packages {
  const turnstile = createTurnstile(PARALLEL);
  const sharedBind: Bind = { from: depsDir, to: inside.deps, mode: 'ro' };
  const ownBind = (projectId: string, folder: string): Bind => {
    return { from: folder, to: `${inside.packages}/${projectId}`, mode: 'ro' };
  };
  const shared = (key: string) => `${shownAt(npm.runtime, sharedBind)}/${key}/node_modules`;
  const own = (bind: Bind, key: string) => `${shownAt(npm.runtime, bind)}/${key}/node_modules`;

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
      const lockfile = await readPlain(join(source, LOCKFILE), LOCKFILE_BYTES);
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
      const bind = ownBind(project.id, folder);
      return { ok: true, path: own(bind, key), binds: [sharedBind, bind] };
    },

    async change({ project, stack }, change, signal) {
      const folder = await projects.packagesDir(project);
      try {
        return await turnstile.pass(project.id, signal, () =>
          store.withDraft(folder, async (draft): Promise<PackagesAnswer> => {
            await store.laySource(draft, change);
            const log = await npmInstalls(project, draft, change, signal);
            const packageJson = await readPlain(join(draft, 'package.json'), PACKAGE_JSON_BYTES);
            const lockfile = await readPlain(join(draft, LOCKFILE), LOCKFILE_BYTES);
            if (packageJson === null || lockfile === null || (await store.isTooLarge(draft)))
              throw new NotInstalled(store.TOO_LARGE);
            const key = store.packagesKey(lockfile);
            const isStacks = key === stack.dependenciesKey;
            if (!isStacks) await store.keepPackages(folder, key, draft);
            const modules = isStacks ? shared(key) : own(ownBind(project.id, folder), key);
            return { outcome: 'installed', packageJson, lockfile, modules, log: tail(log) };
          }),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotInstalled) return { outcome: 'failed', log: tail(error.message) };
        if (!(error instanceof RuntimeUnavailable)) throw error;
        return { outcome: 'unavailable', reason: `${error.message} ${error.mend}` };
      }
    },
  };

  /** Lets npm write the two files anew and install what they say; what it had to say. */
  async function npmInstalls(
    project: HostedProject,
    folder: string,
    { add, remove }: PackagesChange,
    signal: AbortSignal,
  ): Promise<string> {
    const commands = [
      ...(remove.length > 0 ? [['uninstall', ...remove, '--package-lock-only']] : []),
      ['install', ...add],
    ];
    let log = '';
    for (const [i, args] of commands.entries()) {
      const job = { id: `${project.id}-${i}`, owner: ownerOf(project), folder, args, signal };
      const { exitCode, outputTail, timedOut } = await runNpm(npm, job);
      signal.throwIfAborted();
      log += `${outputTail}\n`;
      if (exitCode !== 0) throw new NotInstalled(timedOut ? log + TOO_LONG : log);
    }
    return log.trim();
  }
}

/** The message is what the team is told. */
class NotInstalled extends Error {}

const TOO_LONG = 'Installing took too long and was stopped.';
const tail = (log: string) => log.slice(-LOG_CHARACTERS);
