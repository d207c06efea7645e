import { join } from 'node:path';
import { DomainError } from '../errors.ts';
import { insist, type Tx } from '../platform/db/index.ts';
import { dataEnvironment } from './app-spec.ts';
import { createArtefactStore } from './artefacts.ts';
import { enqueueBuild, expireBuilds } from './build-queue.ts';
import { createBuildSteps } from './build-steps.ts';
import { createBuilder } from './builder.ts';
import { CHECKPOINT_LIMITS, createCheckpoints } from './checkpoints/checkpoints.ts';
import { createDumps } from './checkpoints/dumps.ts';
import { createPreviewDatabase } from './checkpoints/preview-database.ts';
import { createStage } from './checkpoints/stage.ts';
import { createCollector } from './collect.ts';
import { type AppRef, createDataPlane } from './data-plane.ts';
import { createDeployer } from './deploy.ts';
import { endWhatIsInDoubt } from './in-doubt.ts';
import type { Hosting, HostingOptions } from './index.ts';
import { createLauncher } from './launcher.ts';
import { createLookArtefacts } from './looks/look-artefacts.ts';
import { createLooks } from './looks/looks.ts';
import { createPackages } from './packages/packages.ts';
import type { HostedProject } from './ports.ts';
import { createPublisher } from './publish.ts';
import {
  allApps,
  failLeft,
  mayRun,
  RELEASE_CHANNEL,
  runningReleases,
  STALE_SECONDS,
  stillWanted,
  sweepReleases,
} from './releases.ts';
import { createRestarts } from './restarts.ts';
import { createRevive } from './revive.ts';
import { hostingRoutes } from './routes.ts';
import { createBackups } from './safety/backups.ts';
import { createLiveData } from './safety/live-data.ts';
import { createToolFinder } from './safety/postgres-tools.ts';
import { createSafety } from './safety/safety.ts';
import { createTargets } from './targets.ts';
import { createTemplateArtefacts } from './templates.ts';

/** A little under what the edge holds a request for. */
const FIRST_RELEASE_MS = 9_000;
const SWEEP_MS = 60_000;

const ownerOf = ({ tenant_id: tenantId, id: projectId }: HostedProject) => ({ tenantId, projectId });

/** Makes the parts of hosting and joins them. */
export function assembleHosting(options: HostingOptions): Hosting {
  const { db, seat, projects, stack, runtime, onError } = options;
  const folder = (name: string) => join(options.home, name);
  const folders = {
    artefacts: folder('artefacts'),
    caches: folder('caches'),
    appLogs: folder('log/apps'),
    buildLogs: folder('log/builds'),
  };
  const artefacts = createArtefactStore(folders.artefacts);
  const dataPlane = createDataPlane({ ...options.dataPlane, alone: options.alone });
  const npm = { runtime, egress: options.egress, ...options.npm };
  const packages = createPackages({ npm, projects, depsDir: options.depsDir });
  const compile = { runtime, artefacts, packages, depsDir: options.depsDir, buildsDir: options.buildsDir };
  const templates = createTemplateArtefacts(compile, folder('artefacts-of-templates'), artefacts);
  const collector = createCollector({ db, artefacts, templates: templates.digests, folders, onError });
  const { addresses, socketsDir, postgresSocketDir } = options;
  const places = { artefacts, addresses, socketsDir, cachesDir: folders.caches, postgresSocketDir };
  const launcher = createLauncher({
    ...{ apps: options.apps, dataPlane, places },
    logsDir: folders.appLogs,
    ...{ egress: options.egress, uploads: options.uploads },
    variables: (project, kind) =>
      db.tenant(project.tenant_id, (tx) => options.variables.read(tx, ownerOf(project), kind)),
    mayRun: (releaseId) => db.system((tx) => mayRun(tx, releaseId)),
  });
  const targets = createTargets(db, projects, addresses);
  const deployer = createDeployer({
    db,
    launcher,
    onSwitched: targets.forget,
    onRetired: collector.collect,
    onError,
  });
  const lookArtefacts = createLookArtefacts();
  const looks = createLooks({
    ...{ db, runtime, compile, dataPlane, places, projects, stack, templates, folders },
    ...{ artefacts: lookArtefacts, uploads: options.uploads },
    variableNames: (tx, project) => options.variables.names(tx, ownerOf(project)),
  });
  const live = createLiveData(options.dataPlane);
  const tools = createToolFinder(options.toolFolders, live.serverMajor);
  const previews = createPreviewDatabase(options.dataPlane);
  const checkpoints = createCheckpoints({
    ...{ db, projects, previews, onError },
    dumps: createDumps({ storage: options.storage, previews, tools }),
    ready: (app) => dataPlane.ensure(app, 'preview'),
    ...createStage({ db, seat, launcher, deployer, stack, forget: targets.forget }),
    limits: options.checkpointLimits ?? CHECKPOINT_LIMITS,
  });
  const steps = createBuildSteps({
    ...{ db, seat, compile, deployer, projects, stack, templates },
    ...{ looks: lookArtefacts, checkpoints },
    logsDir: folders.buildLogs,
    onBuildFailed: options.onBuildFailed,
    onDataNotBroughtBack: options.onDataNotBroughtBack,
  });
  const builder = createBuilder({ db, steps, room: options.room, buildsDir: compile.buildsDir, onError });
  const backups = createBackups({ live, folder: folder('backups'), tools });
  const ready = (app: AppRef) => dataPlane.ensure(app, 'prod');
  const safety = createSafety({ artefacts, live, backups, ready, onError });
  const publisher = createPublisher({
    ...{ db, seat, artefacts, deployer, projects, stack, safety, onError },
    publishOff: options.publishOff,
    room: options.room,
    runtimeStatus: () => runtime.status,
    revive: createRevive({ db, compile, projects, logsDir: folders.buildLogs }),
  });
  const restarts = createRestarts({
    ...{ db, seat, deployer, projects, stack, onError },
    runtimeStatus: () => runtime.status,
  });
  const inDoubt = endWhatIsInDoubt({ db, seat, deployer, publisher, onError });
  const timers: NodeJS.Timeout[] = [];
  const stopping = new AbortController();

  async function find({ tenantId, projectId }: { tenantId: string; projectId: string }): Promise<HostedProject> {
    const project = await db.tenant(tenantId, (tx) => projects.get(tx, projectId));
    if (!project) throw new DomainError('not_found');
    return project;
  }

  /**
   * Ends processes here of releases that do not serve any more: their project went offline, or another platform switched an
   * address or deleted a project. Without a project, of all: word of changes may not have come.
   */
  async function stopUnwanted(projectId?: string): Promise<void> {
    if (stopping.signal.aborted) return;
    const opened = launcher.opened(projectId);
    const wanted = await db.system((tx) => stillWanted(tx, opened));
    await Promise.all(opened.filter((id) => !wanted.has(id)).map((id) => launcher.drain(id)));
  }

  return {
    routes: (app) => hostingRoutes(app, { db, projects, buildLogFile: steps.logFile, publisher, launcher }),
    requestBuild: (tx, build) => enqueueBuild(tx, db, build),
    find: targets.find,
    published: targets.published,
    firstRelease: (host) => targets.release(host, FIRST_RELEASE_MS),
    look: async ({ steps, ...of }, signal) => looks.look(await find(of), steps, signal),
    async changePackages(of, change, signal) {
      const project = await find(of);
      return packages.change({ project, stack: stack(project.stack_id) }, change, signal);
    },
    wake: ({ project, release }) => launcher.start({ project, stack: stack(project.stack_id), release }),
    dataLogin: ({ tenant_id: tenantId, data_slug: slug }, kind) =>
      dataPlane.login({ tenantId, slug }, dataEnvironment(kind)),
    checkpointsAvailable: checkpoints.available,
    restart: restarts.restart,
    addressesChanged: (tx, projectId) => db.notify(tx, RELEASE_CHANNEL, projectId),
    async deleting(tx, project) {
      const releases = await runningReleases(tx, project.id);
      const removeFiles = await options.uploads.deleting(tx, ownerOf(project));
      const removeDumps = await checkpoints.deleting(tx, ownerOf(project));
      const app = { tenantId: project.tenant_id, slug: project.data_slug };
      await db.notify(tx, RELEASE_CHANNEL, project.id);
      return async () => {
        targets.forget();
        await looks.stop(project.id);
        // The data first: a new project of this name must not meet it, and applications may take seconds to stop.
        await Promise.all([dataPlane.drop(app, 'preview'), dataPlane.drop(app, 'prod')]);
        await Promise.all(releases.map((id) => launcher.stop(id)));
        await backups.remove(project.id);
        await Promise.all([removeFiles(), removeDumps()]);
        collector.collect();
      };
    },
    async start(sources) {
      // Nothing of this may be left out for an outage: without it no build would ever begin.
      const insistOn = (work: (tx: Tx) => Promise<unknown>) => insist(db, () => db.system(work), stopping.signal);
      if (options.alone) await insistOn(expireBuilds);
      await insistOn((tx) => sweepReleases(tx, options.alone ? 0 : STALE_SECONDS));
      const sweep = () => db.system((tx) => sweepReleases(tx, STALE_SECONDS)).catch(onError);
      timers.push(setInterval(() => void sweep(), SWEEP_MS));
      const stopped = (projectId?: string) => void stopUnwanted(projectId).catch(onError);
      await insist(db, () => targets.start(stopped), stopping.signal);
      await builder.start();
      if (runtime.status.status === 'available') await sources().then(templates.prepare).catch(onError);
      await dataPlane.sweep(() => db.system(allApps));
      await checkpoints.sweep();
      collector.collect();
    },
    takeUp: (dead) => db.system((tx) => failLeft(tx, dead)),
    settled: publisher.settled,
    async close() {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await inDoubt.close();
      await Promise.all([builder.close(), looks.close(), publisher.close(), restarts.close(), templates.close()]);
      await deployer.close();
      await collector.close();
      await Promise.all([dataPlane.close(), live.close(), previews.close()]);
    },
  };
}
