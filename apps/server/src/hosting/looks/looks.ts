import { join } from 'node:path';
import type { Look, LookAnswer, LookStep } from '@talkide/contracts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { AppStartFailed, type Runtime, RuntimeUnavailable } from '../../runtime/index.ts';
import { findArtefact } from '../build-queue.ts';
import { type CompileOptions, type CompileResult, compile } from '../compile.ts';
import type { AppRef, DataPlane } from '../data-plane.ts';
import type { HostedProject, HostedStack, ProjectsPort, UploadsPort } from '../ports.ts';
import { type RunPlaces, runSpec } from '../run-spec.ts';
import type { TemplateArtefacts } from '../templates.ts';
import { createTurnstile } from '../turnstile.ts';
import { askApp } from './ask-app.ts';
import type { LookArtefacts } from './look-artefacts.ts';

export interface LooksOptions {
  db: Database;
  runtime: Runtime;
  compile: CompileOptions;
  dataPlane: DataPlane;
  places: RunPlaces;
  projects: Pick<ProjectsPort, 'snapshotTree' | 'checkoutCommit'>;
  stack(id: string): HostedStack;
  templates: Pick<TemplateArtefacts, 'find'>;
  artefacts: LookArtefacts;
  uploads: UploadsPort;
  variableNames(tx: Tx, project: HostedProject): Promise<string[]>;
  folders: { buildLogs: string; appLogs: string };
}

export interface Looks {
  /**
   * Builds the working tree as it is now, starts it on an empty database, asks it, and ends it. Rejects with the signal's
   * reason when that fires.
   */
  look(project: HostedProject, steps: readonly LookStep[], signal: AbortSignal): Promise<Look>;
  /** Calls off what is under way in a project and waits until nothing of it is left. */
  stop(projectId: string): Promise<void>;
  close(): Promise<void>;
}

/** The value of every variable in a look. */
const NOT_SHOWN = 'not-shown-in-a-look';
/** Of the whole platform; a build uses two cores. */
const PARALLEL = 2;
/** From the question to the answer, waiting included; the worker waits a little longer. */
const LIMIT_MS = 120_000;
const LOG_CHARACTERS = 4_000;
/** A server that closes its connections when asked needs about 20 ms. */
const STOP_MS = 500;

const tail = (log: string) => log.slice(-LOG_CHARACTERS);
const processOf = (project: HostedProject) => `l${project.id}`;
const filesOf = (project: HostedProject) =>
  ({ tenantId: project.tenant_id, projectId: project.id, kind: 'LOOK' }) as const;
const appOf = (project: HostedProject): AppRef => ({ tenantId: project.tenant_id, slug: project.data_slug });

/** Looks at applications in the middle of a turn: nothing of them is recorded, and nothing that people see changes. */
export function createLooks(options: LooksOptions): Looks {
  const { db, runtime, dataPlane, projects, templates, artefacts, uploads, folders } = options;
  const turnstile = createTurnstile(PARALLEL);
  const underWay = new Map<Promise<unknown>, { projectId: string; ended: AbortController }>();
  let closed = false;

  async function build(project: HostedProject, stack: HostedStack, signal: AbortSignal): Promise<CompileResult> {
    const treeSha = await projects.snapshotTree(project);
    const known =
      artefacts.find(project.id, treeSha) ??
      (await db.tenant(project.tenant_id, (tx) => findArtefact(tx, project.id, treeSha))) ??
      (await templates.find(treeSha));
    if (known && (await options.compile.artefacts.use(known)))
      return { ok: true, artefactDigest: known, log: '', logBytes: 0 };
    const result = await compile(options.compile, {
      id: `look-${project.id}`,
      ...{ stack, project },
      checkout: (target) => projects.checkoutCommit(project, treeSha, target),
      logFile: join(folders.buildLogs, `look-${project.id}.log`),
      onOutput: () => {},
      signal,
    });
    signal.throwIfAborted();
    if (result.ok) artefacts.remember(project.id, treeSha, result.artefactDigest);
    return result;
  }

  async function run(
    { project, stack, digest }: { project: HostedProject; stack: HostedStack; digest: string },
    steps: readonly LookStep[],
    signal: AbortSignal,
  ): Promise<Look> {
    const id = processOf(project);
    const logFile = join(folders.appLogs, `look-${project.id}.log`);
    const databaseUrl = await dataPlane.ensure(appOf(project), 'look');
    // The team learns names only: what it looks at is told that there is a value.
    const names = await db.tenant(project.tenant_id, (tx) => options.variableNames(tx, project));
    const variables = Object.fromEntries(names.map((name) => [name, NOT_SHOWN]));
    const spec = {
      id,
      project,
      stack,
      kind: 'PREVIEW',
      artefactDigest: digest,
      databaseUrl,
      variables,
      logFile,
      uploadsDir: await uploads.open(id, filesOf(project)),
    } as const;
    const app = await runtime.startApp({ ...(await runSpec(options.places, spec)), abort: signal });
    const { host } = new URL(options.places.addresses.preview(project.preview_uuid));
    const answers: LookAnswer[] = [];
    try {
      for (const step of steps) {
        signal.throwIfAborted();
        answers.push(await askApp({ socketPath: app.socketPath, host }, step, signal));
      }
    } finally {
      await app.stop(STOP_MS);
    }
    return { outcome: 'answered', answers, log: tail((await app.exited).logTail) };
  }

  /** What a look leaves: nothing. */
  async function clear(project: HostedProject): Promise<void> {
    await dataPlane.drop(appOf(project), 'look');
    await uploads.clear(filesOf(project));
  }

  async function look(project: HostedProject, steps: readonly LookStep[], signal: AbortSignal): Promise<Look> {
    const stack = options.stack(project.stack_id);
    const built = await build(project, stack, signal);
    if (!built.ok) return { outcome: 'not_built', reason: 'The build failed.', log: tail(built.log) };
    // What a platform that was killed left behind.
    await clear(project);
    try {
      return await run({ project, stack, digest: built.artefactDigest }, steps, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppStartFailed)) throw error;
      return { outcome: 'not_started', reason: error.message, log: tail(error.logTail) };
    } finally {
      await uploads.close(processOf(project));
      await clear(project);
    }
  }

  async function endAll(ofProject: (projectId: string) => boolean): Promise<void> {
    const concerned = [...underWay].filter(([, { projectId }]) => ofProject(projectId));
    for (const [, { ended }] of concerned) ended.abort();
    await Promise.allSettled(concerned.map(([work]) => work));
  }

  return {
    async look(project, steps, signal) {
      const ended = new AbortController();
      const limit = AbortSignal.timeout(LIMIT_MS);
      const all = AbortSignal.any([signal, ended.signal, limit]);
      if (closed) ended.abort();
      const work = turnstile.pass(project.id, all, () => look(project, steps, all));
      underWay.set(work, { projectId: project.id, ended });
      try {
        return await work;
      } catch (error) {
        if (error instanceof RuntimeUnavailable) return { outcome: 'unavailable', reason: error.message };
        if (signal.aborted || !all.aborted) throw error;
        return { outcome: 'unavailable', reason: ended.signal.aborted ? CALLED_OFF : TOO_LONG };
      } finally {
        underWay.delete(work);
      }
    },
    stop: (projectId) => endAll((one) => one === projectId),
    async close() {
      closed = true;
      await endAll(() => true);
    },
  };
}

const CALLED_OFF = 'The platform called it off.';
const TOO_LONG = `It took longer than ${LIMIT_MS / 1000} s and was called off.`;
