import { join } from 'node:path';
import { DomainError } from '../errors.ts';
import { type Database, inOurWords, type Tx } from '../platform/db/index.ts';
import { publishLive } from '../platform/events.ts';
import { RuntimeUnavailable } from '../runtime/index.ts';
import { type ClaimedBuild, failBuild, findArtefact, renewBuild, settleBuild, succeedBuild } from './build-queue.ts';
import { announceBuild, announceVersion, setVersionStatus, startVersion } from './build-records.ts';
import { type Checkpoints, DataNotBroughtBack } from './checkpoints/checkpoints.ts';
import { type CompileOptions, type CompileResult, compile } from './compile.ts';
import type { Deployer } from './deploy.ts';
import { errorFingerprint } from './fingerprint.ts';
import { createLiveLog } from './live-log.ts';
import type { LookArtefacts } from './looks/look-artefacts.ts';
import type { FailedBuild, FailedData, HostedProject, HostedStack, ProjectsPort } from './ports.ts';
import { addRelease, failRelease, isOvertaken, lockProject, type ReleaseRow } from './releases.ts';
import type { TemplateArtefacts } from './templates.ts';
import { createTurnstile } from './turnstile.ts';

export interface BuildStepsOptions {
  db: Database;
  seat: number;
  compile: CompileOptions;
  deployer: Deployer;
  projects: ProjectsPort;
  stack(id: string): HostedStack;
  templates: TemplateArtefacts;
  looks: LookArtefacts;
  checkpoints: Pick<Checkpoints, 'prepare' | 'abandon'>;
  logsDir: string;
  onBuildFailed(tx: Tx, failed: FailedBuild): Promise<void>;
  onDataNotBroughtBack(tx: Tx, failed: FailedData): Promise<void>;
}

export interface BuildSteps {
  /** Compiles the sources, keeps the artefact, rolls it out as the preview. Throws the signal's reason when called off. */
  run(build: ClaimedBuild, signal: AbortSignal): Promise<void>;
  /** Ends a build that the platform, not its sources, is to blame for. */
  giveUp(build: ClaimedBuild, reason: string): Promise<void>;
  logFile(buildId: string): string;
}

const NO_ROOM = /\bENOSPC\b|No space left on device|Disk quota exceeded/;

interface Failure {
  exitCode: number | null;
  log: string;
  logBytes: number;
}

/** The steps of one build; each can be repeated, so that whoever takes a build over goes on from where it is. */
export function createBuildSteps(options: BuildStepsOptions): BuildSteps {
  const { db, projects } = options;
  /** One preview of a project at a time: its data is looked at, and may be exchanged, before it starts. */
  const stage = createTurnstile(Number.POSITIVE_INFINITY);
  const logFile = (buildId: string) => join(options.logsDir, `${buildId}.log`);

  /** A transaction about a build. Restoring and saving lock in the same order: the project, then what belongs to it. */
  const change = <T>(build: ClaimedBuild, work: (tx: Tx) => Promise<T>): Promise<T> =>
    db.system(async (tx) => {
      await lockProject(tx, build.project_id);
      return work(tx);
    });

  async function run(build: ClaimedBuild, signal: AbortSignal): Promise<void> {
    const begun = await change(build, (tx) => begin(tx, build));
    if (!begun) return;
    const { project, stack } = begun;
    try {
      const digest = build.artefact_digest ?? (await make(build, begun, signal));
      if (digest) await stage.pass(project.id, signal, () => preview(build, { project, stack, digest, signal }));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RuntimeUnavailable)) throw inOurWords(error);
      await giveUp(build, `${error.message} ${error.mend}`);
    }
  }

  /** Marks the version as being applied; null when its project or version is gone. */
  async function begin(tx: Tx, build: ClaimedBuild) {
    const project = await projects.get(tx, build.project_id);
    const version = await startVersion(tx, build);
    if (!project || !version) {
      const log = 'The version is gone.\n';
      const end = { exitCode: null, fingerprint: 'platform', log, logBytes: Buffer.byteLength(log) };
      if (!(await failBuild(tx, build, end))) await settleBuild(tx, build);
      return null;
    }
    await projects.applyStatus(tx, project.id, 'BUILD_STARTED');
    await announceVersion(tx, projects, build);
    await announceBuild(tx, build);
    const stack = options.stack(project.stack_id);
    return { project, stack, treeSha: version.tree_sha, known: await findArtefact(tx, project.id, version.tree_sha) };
  }

  type Begun = NonNullable<Awaited<ReturnType<typeof begin>>>;

  /** The digest of the artefact, recorded; null when there is none or the build is not ours any more. */
  async function make(build: ClaimedBuild, begun: Begun, signal: AbortSignal): Promise<string | null> {
    const result = await obtain(build, begun, signal);
    signal.throwIfAborted();
    // Its sources are not to blame, and Mara could not mend it.
    if (!result.ok && NO_ROOM.test(result.log)) throw new DomainError('disk_full');
    if (!result.ok) {
      await fail(build, result);
      return null;
    }
    const ours = await change(build, async (tx) => {
      const recorded = await succeedBuild(tx, build, result);
      if (recorded) await announceBuild(tx, build);
      return recorded;
    });
    return ours ? result.artefactDigest : null;
  }

  /** The artefact: of the same sources when there is one, else from a build. */
  async function obtain(
    build: ClaimedBuild,
    { project, stack, treeSha, known }: Begun,
    signal: AbortSignal,
  ): Promise<CompileResult> {
    const digest = known ?? options.looks.find(project.id, treeSha) ?? (await options.templates.find(treeSha));
    if (digest && (await options.compile.artefacts.use(digest))) {
      const log = 'The same sources were built before; that artefact is used.\n';
      return { ok: true, artefactDigest: digest, log, logBytes: Buffer.byteLength(log) };
    }
    const live = createLiveLog((event) => publishLive(db, build.tenant_id, event), {
      projectId: project.id,
      buildId: build.id,
    });
    try {
      return await compile(options.compile, {
        id: build.id,
        ...{ stack, project },
        checkout: (target) => projects.checkoutCommit(project, build.commit_sha ?? '', target),
        logFile: logFile(build.id),
        onOutput: live.write,
        signal,
      });
    } finally {
      await live.end();
    }
  }

  async function fail(build: ClaimedBuild, failure: Failure): Promise<void> {
    const fingerprint = errorFingerprint(failure.log);
    await change(build, async (tx) => {
      if (!(await failBuild(tx, build, { fingerprint, ...failure }))) return;
      await announceBuild(tx, build);
      await broken(tx, build, fingerprint, failure.log);
    });
  }

  async function giveUp(build: ClaimedBuild, reason: string): Promise<void> {
    const log = `${reason}\nThis is not the application's fault. The next change is built again.\n`;
    await change(build, async (tx) => {
      const end = { exitCode: null, fingerprint: 'platform', log, logBytes: Buffer.byteLength(log) };
      const ours = (await failBuild(tx, build, end)) || (await settleBuild(tx, build));
      if (!ours) return;
      await announceBuild(tx, build);
      await setVersionStatus(tx, projects, build, 'FAILED');
      await projects.applyStatus(tx, build.project_id, 'BUILD_ENDED');
    });
    const project = await db.system((tx) => projects.get(tx, build.project_id));
    if (project && build.version_id) await options.checkpoints.abandon(project, build.version_id);
  }

  /** The version does not work: the project leaves BUILDING and Mara hears of it. */
  async function broken(tx: Tx, build: ClaimedBuild, fingerprint: string, logTail: string): Promise<void> {
    const { version_id: versionId } = build;
    await setVersionStatus(tx, projects, build, 'FAILED');
    await projects.applyStatus(tx, build.project_id, 'BUILD_ENDED');
    if (!versionId) return;
    await options.onBuildFailed(tx, {
      tenantId: build.tenant_id,
      projectId: build.project_id,
      versionId,
      turnId: build.turn_id,
      buildId: build.id,
      fingerprint,
      logTail,
    });
  }

  async function preview(
    build: ClaimedBuild,
    {
      project,
      stack,
      digest,
      signal,
    }: { project: HostedProject; stack: HostedStack; digest: string; signal: AbortSignal },
  ): Promise<void> {
    const release = await change(build, (tx) => planPreview(tx, build, digest));
    if (!release || !(await prepareData(build, project, release))) return;
    const result = await options.deployer.roll({
      project,
      stack,
      release,
      signal,
      onSwitched: async (tx) => {
        if (!(await done(tx, build, 'APPLIED'))) throw new Error('the build was taken over while its preview started');
        await projects.announce(tx, project.id);
      },
    });
    if (result.outcome === 'refused') await change(build, (tx) => done(tx, build, 'DRAFT'));
    if (result.outcome !== 'failed') return;
    await change(build, async (tx) => {
      if (!(await settleBuild(tx, build))) return;
      const log = `The build succeeded, but the application does not start.\n${result.reason}`;
      await broken(tx, build, errorFingerprint(result.reason), log);
    });
  }

  /** Looks after the data that the release will start on; false when the release can't start for it. */
  async function prepareData(build: ClaimedBuild, project: HostedProject, release: ReleaseRow): Promise<boolean> {
    try {
      await options.checkpoints.prepare(project, release.version_id);
      return true;
    } catch (error) {
      if (!(error instanceof DataNotBroughtBack)) throw error;
      await change(build, async (tx) => {
        await failRelease(tx, release, error.message);
        const { tenant_id: tenantId, project_id: projectId } = build;
        await options.onDataNotBroughtBack(tx, { tenantId, projectId, code: error.code });
      });
      await giveUp(build, error.message);
      return false;
    }
  }

  /** The release to roll out; null when a newer version serves already or the build is gone or not ours any more. */
  async function planPreview(tx: Tx, build: ClaimedBuild, artefactDigest: string) {
    const { tenant_id: tenantId, project_id: projectId, version_id: versionId } = build;
    if (!versionId || !(await renewBuild(tx, build))) return null;
    if (await isOvertaken(tx, projectId, versionId)) {
      await done(tx, build, 'DRAFT');
      return null;
    }
    return addRelease(tx, { tenantId, projectId, versionId, kind: 'PREVIEW', artefactDigest, seat: options.seat });
  }

  /** Nothing is left to do: the version has its status, the project leaves BUILDING; false when the build is not ours. */
  async function done(tx: Tx, build: ClaimedBuild, status: 'APPLIED' | 'DRAFT'): Promise<boolean> {
    const ours = await settleBuild(tx, build);
    if (!ours) return false;
    await setVersionStatus(tx, projects, build, status);
    await projects.applyStatus(tx, build.project_id, 'BUILD_ENDED');
    return true;
  }

  return { run, giveUp, logFile };
}
