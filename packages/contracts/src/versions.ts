import { z } from 'zod';
import { errors } from './problem.ts';
import { Accent, FileDiff } from './projects.ts';
import { Id, IdParams, PageQuery, page, route, Timestamp, VersionNumber } from './route.ts';

/** What a version had in its preview's database in its last moment. */
export const Checkpoint = z.object({
  /** KEPT: it can be brought back. COLLECTED: it gave way to newer ones. */
  status: z.enum(['KEPT', 'COLLECTED', 'TOO_LARGE', 'FAILED']),
  bytes: z.number().int(),
  createdAt: Timestamp,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** What of an application is set and not written: as it was when a version was made. Values of variables are nowhere. */
export const VersionSettings = z.object({
  name: z.string(),
  description: z.string(),
  accent: Accent,
  variables: z.object({ PREVIEW: z.array(z.string()), PUBLISHED: z.array(z.string()) }),
});
export type VersionSettings = z.infer<typeof VersionSettings>;

export const ProjectVersion = z.object({
  id: Id,
  projectId: Id,
  versionNumber: z.number().int(),
  description: z.string(),
  status: z.enum(['DRAFT', 'APPLYING', 'APPLIED', 'ROLLED_BACK', 'FAILED']),
  source: z.enum(['TEMPLATE', 'TURN', 'EDIT', 'RESTORE', 'PUSH']),
  commit: z.string(),
  turnId: Id.nullable(),
  /** Of the turn that made it: with it the place in the chat. */
  conversationId: Id.nullable(),
  restoredFrom: z.number().int().nullable(),
  /** Null: there was no data, or the preview has it still. */
  checkpoint: Checkpoint.nullable(),
  /** Whether the version brings the data of the one it goes back to with it, and how far that is; null when it does not. */
  dataStatus: z.enum(['PENDING', 'DONE', 'FAILED']).nullable(),
  settings: VersionSettings.nullable(),
  filesChanged: z.number().int(),
  current: z.boolean(),
  published: z.boolean(),
  createdAt: Timestamp,
  appliedAt: Timestamp.nullable(),
});
export type ProjectVersion = z.infer<typeof ProjectVersion>;

export const Build = z.object({
  id: Id,
  projectId: Id,
  versionId: Id,
  versionNumber: z.number().int(),
  kind: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'SUCCESS', 'FAILED']),
  outputTail: z.string(),
  exitCode: z.number().int().nullable(),
  artefactDigest: z.string().nullable(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type Build = z.infer<typeof Build>;

export const Release = z.object({
  id: Id,
  projectId: Id,
  kind: z.enum(['PREVIEW', 'PUBLISHED']),
  versionNumber: z.number().int(),
  status: z.enum(['STARTING', 'ACTIVE', 'DRAINING', 'RETIRED', 'FAILED']),
  artefactDigest: z.string(),
  error: z.string().nullable(),
  createdAt: Timestamp,
  activatedAt: Timestamp.nullable(),
});
export type Release = z.infer<typeof Release>;

export const PublishedRelease = z.object({
  id: Id,
  versionNumber: z.number().int(),
  description: z.string(),
  artefactDigest: z.string(),
  publishedAt: Timestamp,
  publishedBy: z.string().nullable(),
  cause: z.enum(['DEPLOY', 'ROLLBACK']),
  /** Whether it is what visitors see now. */
  serves: z.boolean(),
});
export type PublishedRelease = z.infer<typeof PublishedRelease>;

export const MigrationRisk = z.enum(['DROPS', 'DELETES', 'OVERWRITES', 'CHANGES_TYPE', 'RENAMES', 'NOT_TRANSACTIONAL']);
export type MigrationRisk = z.infer<typeof MigrationRisk>;

export const PublishPlan = z.object({
  versionNumber: z.number().int(),
  /** False when the artefact was collected: its migrations are known once it is built again. */
  isKnown: z.boolean(),
  /** What the release will run on the published database, in this order. */
  migrations: z.array(
    z.object({ name: z.string(), sql: z.string(), truncated: z.boolean(), risks: z.array(MigrationRisk) }),
  ),
  /** NOT_NEEDED: there is nothing in the published database yet. */
  backup: z.enum(['MADE', 'NOT_NEEDED', 'UNAVAILABLE']),
});
export type PublishPlan = z.infer<typeof PublishPlan>;

const WayBack = z
  .object({
    /** Also brings back the preview's data and the project's settings of the version; the present data is kept first. */
    withData: z.boolean().optional(),
  })
  .default({});
const Params = IdParams.extend({ number: VersionNumber });
const tag = 'versions';
const AppLogQuery = z.object({ kind: z.enum(['PREVIEW', 'PUBLISHED']).default('PREVIEW') });

export const versionRoutes = {
  listVersions: route({
    method: 'GET',
    url: '/api/projects/:id/versions',
    access: 'user',
    tag,
    summary: 'Versions, newest first',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(ProjectVersion) },
  }),
  versionDiff: route({
    method: 'GET',
    url: '/api/projects/:id/versions/:number/diff',
    access: 'user',
    tag,
    summary: 'What a version changed against the one before, or against another',
    params: Params,
    query: z.object({ against: VersionNumber.optional() }),
    responses: { 200: z.object({ files: z.array(FileDiff), truncated: z.boolean() }) },
    errors: ['runtime_unavailable'],
  }),
  restoreVersion: route({
    method: 'POST',
    url: '/api/projects/:id/versions/:number/restore',
    access: 'user',
    tag,
    summary: 'Go back to a version; becomes a new one, history stays',
    params: Params,
    body: WayBack,
    responses: { 201: ProjectVersion },
    errors: [
      'checkpoints_unavailable',
      'data_not_kept',
      'mara_is_working',
      'project_not_active',
      'runtime_unavailable',
    ],
    idempotent: true,
  }),
  undoTurn: route({
    method: 'POST',
    url: '/api/turns/:id/undo',
    access: 'user',
    tag,
    summary: 'Undo what a turn changed by restoring the version before it',
    params: IdParams,
    body: WayBack,
    responses: { 201: ProjectVersion },
    errors: [
      'checkpoints_unavailable',
      'data_not_kept',
      'mara_is_working',
      'nothing_to_undo',
      'project_not_active',
      'runtime_unavailable',
    ],
    idempotent: true,
  }),
  listBuilds: route({
    method: 'GET',
    url: '/api/projects/:id/builds',
    access: 'user',
    tag,
    summary: 'Builds, newest first',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(Build) },
  }),
  buildLog: route({
    method: 'GET',
    url: '/api/builds/:id/log',
    access: 'user',
    tag,
    summary: 'The whole log of a build as text',
    params: IdParams,
    responses: { 200: z.any() },
  }),
  listReleases: route({
    method: 'GET',
    url: '/api/projects/:id/releases',
    access: 'user',
    tag,
    summary: 'Preview and public releases, newest first',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(Release) },
  }),
  releaseLog: route({
    method: 'GET',
    url: '/api/projects/:id/app-log',
    access: 'user',
    tag,
    summary: "The application's own log: its last lines, or the last of all that hold a text",
    params: IdParams,
    query: AppLogQuery.extend({ search: z.string().trim().max(200).optional() }),
    responses: { 200: z.object({ log: z.string(), hasOlder: z.boolean() }) },
  }),
  wholeReleaseLog: route({
    method: 'GET',
    url: '/api/projects/:id/app-log.txt',
    access: 'user',
    tag,
    summary: "All that is kept of the application's own log, as text",
    params: IdParams,
    query: AppLogQuery,
    responses: { 200: z.any() },
  }),
  publishPlan: route({
    method: 'GET',
    url: '/api/projects/:id/publish-plan',
    access: 'user',
    tag,
    summary: 'What a publish will run on the published database, and whether that is backed up first',
    params: IdParams,
    query: z.object({ versionNumber: VersionNumber.optional() }),
    responses: { 200: PublishPlan },
    errors: ['nothing_to_publish'],
  }),
  publish: route({
    method: 'POST',
    url: '/api/projects/:id/publish',
    access: 'user',
    tag,
    summary: 'Promote the previewed artefact, or that of a version, to the public address',
    params: IdParams,
    body: z
      .object({
        versionNumber: z.int32().min(1).optional(),
        /** Goes on where no backup of the published database can be made. */
        withoutBackup: z.boolean().optional(),
      })
      .default({}),
    responses: { 202: Release },
    errors: [
      'nothing_to_publish',
      'backup_unavailable',
      'publish_off',
      'project_not_active',
      'publish_running',
      'runtime_unavailable',
    ],
    idempotent: true,
  }),
  listPublished: route({
    method: 'GET',
    url: '/api/projects/:id/published-releases',
    access: 'user',
    tag,
    summary: 'The last five published releases, which can be rolled back to at once, newest first',
    params: IdParams,
    responses: { 200: z.object({ items: z.array(PublishedRelease) }) },
  }),
  rollBack: route({
    method: 'POST',
    url: '/api/projects/:id/releases/:releaseId/rollback',
    access: 'user',
    tag,
    summary: 'Promote the artefact of a published release again, without a build; data stays as it is',
    params: IdParams.extend({ releaseId: Id }),
    responses: { 202: Release },
    errors: [
      'already_serving',
      'backup_unavailable',
      'release_collected',
      'publish_off',
      'project_not_active',
      'publish_running',
      'runtime_unavailable',
    ],
    idempotent: true,
  }),
  unpublish: route({
    method: 'POST',
    url: '/api/projects/:id/unpublish',
    access: 'user',
    tag,
    summary: 'Take the public address down',
    params: IdParams,
    responses: { 204: z.void() },
    errors: ['not_published'],
  }),
};

export const versionErrors = errors({
  nothing_to_undo: { status: 409, en: 'This turn changed no files.', cs: 'Tento tah nezměnil žádné soubory.' },
  data_not_kept: {
    status: 409,
    en: 'The data of this version is not kept. Go back with the code alone; the present data stays.',
    cs: 'Data této verze se neuchovala. Vraťte se jen s kódem; současná data zůstanou.',
  },
  checkpoints_unavailable: {
    status: 409,
    en: 'This machine can neither keep nor bring back data: it lacks pg_dump of the version of its PostgreSQL. Go back with the code alone, or ask the operator to install it.',
    cs: 'Tento stroj data neumí uchovat ani vrátit: chybí pg_dump ve verzi zdejšího PostgreSQL. Vraťte se jen s kódem, nebo požádejte provozovatele o jeho doinstalování.',
  },
  nothing_to_publish: {
    status: 409,
    en: 'There is no version that built. Ask Mara to fix the build first.',
    cs: 'Žádná verze se nesestavila. Požádejte Maru, ať sestavení nejdřív opraví.',
  },
  publish_off: {
    status: 503,
    en: 'The operator has paused publishing: {reason}. What is public stays as it is.',
    cs: 'Provozovatel pozastavil publikování: {reason}. Co je veřejné, zůstává.',
  },
  publish_running: {
    status: 409,
    en: 'A publish is under way. It takes a second; look at its result first.',
    cs: 'Publikování právě běží. Trvá vteřinu; počkejte na výsledek.',
  },
  publish_failed: {
    status: 422,
    en: 'The new release did not become healthy, so the old one goes on serving: {reason}',
    cs: 'Nové vydání se nerozběhlo, slouží dál to staré: {reason}',
  },
  backup_unavailable: {
    status: 409,
    en: 'This release changes the published database, and this machine cannot back it up first: it lacks pg_dump of the version of its PostgreSQL. Publish without a backup, or ask the operator to install it.',
    cs: 'Toto vydání mění veřejnou databázi a zde ji nelze předem zálohovat: chybí pg_dump ve verzi zdejšího PostgreSQL. Publikujte bez zálohy, nebo požádejte provozovatele o jeho doinstalování.',
  },
  already_serving: {
    status: 409,
    en: 'This release is what visitors see already.',
    cs: 'Právě toto vydání návštěvníci už vidí.',
  },
  release_collected: {
    status: 409,
    en: 'This release is no longer kept: the last five are. Publish its version again; it is built anew.',
    cs: 'Toto vydání už se neuchovává: zůstává posledních pět. Publikujte jeho verzi znovu; sestaví se nově.',
  },
  not_published: { status: 409, en: 'This project is not public.', cs: 'Tento projekt není veřejný.' },
});
