import type { Project, ProjectVersion } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Database, Tx } from '../platform/db/index.ts';
import type { Runtime } from '../runtime/index.ts';
import * as code from './code.ts';
import type { Context, ProjectHooks } from './context.ts';
import { bindFileRoutes } from './file-routes.ts';
import { createGit } from './git/git.ts';
import type { Committed } from './git/repository.ts';
import { type AuthenticateToken, bindGitRoutes } from './git-routes.ts';
import { createLayout } from './layout.ts';
import { createModules } from './modules.ts';
import { createPlaces } from './places.ts';
import { bindProjectRoutes } from './routes.ts';
import { bindScreenshotRoutes } from './screenshot-routes.ts';
import { createScreenshots } from './screenshots.ts';
import { loadStacks, type Stack, type Stacks } from './stacks/loader.ts';
import { createTemplates, layTemplate, type Template } from './stacks/template.ts';
import * as status from './status.ts';
import { allProjectIds, findProject, lastProjectId, type ProjectRow } from './store.ts';
import type { ProjectEvent } from './transitions.ts';
import { bindVersionRoutes } from './version-routes.ts';
import { addVersion, type VersionToAdd, versionView } from './versions.ts';
import { findVersion } from './versions-store.ts';
import type { Addresses } from './view.ts';

export type { ProjectHooks } from './context.ts';
export type { ProjectRow } from './store.ts';

export interface ProjectsDeps {
  db: Database;
  runtime: Pick<Runtime, 'run' | 'paths'>;
  home: string;
  /** Shared dependencies by key. */
  depsDir: string;
  /** The repository's `stacks` folder. */
  stacksDir: string;
  addresses: Addresses;
  defaultEnvironment(tx: Tx, tenantId: string): Promise<{ id: string }>;
  authenticatePersonalToken: AuthenticateToken;
  isWorking(tx: Tx, projectId: string): Promise<boolean>;
  hooks: ProjectHooks;
}

/** A template as a source of builds: what every new project of the stack starts with. */
interface TemplateSource {
  stack: Stack;
  treeSha: string;
  checkout(targetDir: string): Promise<void>;
}

/** Projects: their rows, status, code, versions and files. */
export interface Projects {
  routes(app: FastifyInstance): void;
  readonly stacks: Stacks;
  /** At boot, before anything is served: throws away folders that belong to no project, unless they are newer. */
  sweep(options?: { olderThanMs: number }): Promise<void>;
  /** Every stack's template, made where it is missing (about 300 ms each). Throws `runtime_unavailable`. */
  templates(): Promise<TemplateSource[]>;

  get(tx: Tx, projectId: string): Promise<ProjectRow | null>;
  view(tx: Tx, ids: readonly string[]): Promise<Project[]>;
  /** Tells the feed how the project looks now. */
  announce(tx: Tx, projectId: string): Promise<void>;
  /** Moves the project on and tells the feed; an event that does not apply now changes nothing. */
  applyStatus(tx: Tx, projectId: string, event: Exclude<ProjectEvent, 'DELETE'>): Promise<void>;

  /** The next version of a project; the caller asks for its build. Locks the project, tells the feed. */
  addVersion(tx: Tx, version: VersionToAdd): Promise<ProjectVersion>;
  versionView(tx: Tx, tenantId: string, versionId: string): Promise<ProjectVersion | null>;
  /** The commit of the newest version, on which the next one is built. */
  currentCommit(tx: Tx, project: Pick<ProjectRow, 'id' | 'tenant_id'>): Promise<string | null>;

  /** Commits what the tree holds on top of the newest version; null when nothing changed. Repeatable. */
  commitTree(project: code.CodeProject, change: { message: string; author: string }): Promise<Committed | null>;
  /** Keeps what the tree holds now, for `checkoutCommit`; the name of its git tree. Makes no version. */
  snapshotTree(project: code.CodeProject): Promise<string>;
  /** Gives the tree to a turn: as the newest version, whatever was cut off in it before. */
  readyTree(project: code.CodeProject): Promise<void>;
  /** Brings the tree back to the newest version; `keepAs` keeps what it held under `refs/attempts/<keepAs>`. */
  cleanTree(project: code.CodeProject, options?: { keepAs?: string }): Promise<void>;
  /** Lays the files of a commit, or of a snapshot, into an empty folder, without node_modules. */
  checkoutCommit(project: { id: string }, commit: string, targetDir: string): Promise<void>;
  /** Parent of all working trees of an environment, shown to its worker as /workspace. */
  treesDir(environmentId: string): string;
  /** Parent of the packages of all projects of an environment. */
  packagesDirs(environmentId: string): string;
  /** Where the packages of a project's own are. */
  packagesDir(project: code.CodeProject): Promise<string>;
}

export async function createProjects(deps: ProjectsDeps): Promise<Projects> {
  const layout = createLayout(deps.home);
  const git = createGit(deps.runtime);
  const places = createPlaces(layout, git);
  const screenshots = createScreenshots(layout);
  const modules = createModules(deps.runtime, deps.depsDir);
  const templates = createTemplates(git, layout, modules);
  const stacks = await loadStacks(deps.stacksDir);
  const { db, addresses, hooks } = deps;
  const context: Context = {
    ...{ db, git, places, modules, stacks, templates, addresses, screenshots, hooks },
    defaultEnvironment: (tx, tenantId) => deps.defaultEnvironment(tx, tenantId),
    isWorking: (tx, projectId) => deps.isWorking(tx, projectId),
  };

  return {
    routes(app) {
      bindProjectRoutes(app, context);
      bindFileRoutes(app, context);
      bindVersionRoutes(app, context);
      bindScreenshotRoutes(app, context);
      bindGitRoutes(app, context, deps.authenticatePersonalToken);
    },
    stacks,
    async sweep({ olderThanMs } = { olderThanMs: 0 }) {
      const [ids, last] = await db.system(
        async (tx) => [new Set(await allProjectIds(tx)), await lastProjectId(tx)] as const,
      );
      // What this database never had is another's, whose address was mistaken or comes back: its code stays.
      const stays = (id: string) => ids.has(id) || Number(id) > last;
      await Promise.all([places.sweep(stays, olderThanMs), screenshots.sweep(stays)]);
    },
    templates: () => Promise.all(stacks.all.map(async (stack) => toSource(await templates.of(stack)))),

    get: (tx, projectId) => findProject(tx, projectId),
    view: (tx, ids) => status.view(context, tx, ids),
    announce: async (tx, projectId) => {
      await status.announce(context, tx, projectId);
    },
    applyStatus: (tx, projectId, event) => status.applyStatus(context, tx, projectId, event),

    addVersion: (tx, version) => addVersion(context, tx, version),
    versionView,
    currentCommit: async (tx, project) => (await findVersion(tx, project.tenant_id, project.id))?.commit_sha ?? null,

    commitTree: (project, change) => code.commitTree(context, project, change),
    snapshotTree: (project) => code.snapshotTree(context, project),
    readyTree: (project) => code.readyTree(context, project),
    cleanTree: (project, options) => code.cleanTree(context, project, options?.keepAs ?? null),
    checkoutCommit: (project, commit, targetDir) => code.checkoutCommit(context, project, commit, targetDir),
    treesDir: (environmentId) => layout.trees(environmentId),
    packagesDirs: (environmentId) => layout.packages(environmentId),
    packagesDir: (project) => code.packagesDir(context, project),
  };
}

function toSource(template: Template): TemplateSource {
  const { stack, treeSha } = template;
  return { stack, treeSha, checkout: (targetDir) => layTemplate(template, targetDir) };
}
