import { z } from 'zod';
import { errors } from './problem.ts';
import { Id, IdParams, PageQuery, page, route, Text, Timestamp, VersionNumber } from './route.ts';

/** The six accents of the design system: `oklch(0.78 0.15 H)`. */
export const ACCENT_HUES = [25, 70, 145, 200, 255, 310] as const;
export const Accent = z.enum([
  'oklch(0.78 0.15 25)',
  'oklch(0.78 0.15 70)',
  'oklch(0.78 0.15 145)',
  'oklch(0.78 0.15 200)',
  'oklch(0.78 0.15 255)',
  'oklch(0.78 0.15 310)',
]);
export type Accent = z.infer<typeof Accent>;

export const ProjectStatus = z.enum(['DRAFT', 'BUILDING', 'LIVE', 'UPDATED', 'PAUSED', 'ARCHIVED']);
export type ProjectStatus = z.infer<typeof ProjectStatus>;

export const Project = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  slug: z.string(),
  status: ProjectStatus,
  accent: Accent,
  stack: z.object({
    id: z.string(),
    backendLanguage: z.string(),
    backendFramework: z.string(),
    frontendLanguage: z.string(),
    frontendFramework: z.string(),
  }),
  /** Address of the preview; it exists as soon as the template stands. */
  previewUrl: z.string(),
  /** The public address once published. */
  url: z.string().nullable(),
  /** What the public address is or would be. */
  publicUrl: z.string(),
  currentVersion: z.number().int().nullable(),
  publishedVersion: z.number().int().nullable(),
  /** A turn is queued or running. */
  working: z.boolean(),
  /** When the screenshot was taken; null while there is none. */
  screenshotAt: Timestamp.nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Project = z.infer<typeof Project>;

export const Stack = z.object({
  id: z.string(),
  name: z.string(),
  backendLanguage: z.string(),
  backendFramework: z.string(),
  frontendLanguage: z.string(),
  frontendFramework: z.string(),
});
export type Stack = z.infer<typeof Stack>;

const Name = Text.trim().min(1).max(100);
const Description = Text.trim().max(2000);
export const SlugText = z.string().max(63);

export const ProjectCreate = z.object({
  name: Name,
  description: Description.default(''),
  accent: Accent.optional(),
  stackId: z.string().max(100).optional(),
  slug: SlugText.optional(),
  /** The first message to Mara, sent in the same transaction. */
  prompt: z.string().trim().min(1).max(20_000).optional(),
});

export const SlugCheck = z.object({
  slug: z.string(),
  available: z.boolean(),
  reason: z.enum(['not_a_label', 'reserved', 'taken']).nullable(),
  /** A free slug near the asked one. */
  suggestion: z.string(),
});
export type SlugCheck = z.infer<typeof SlugCheck>;

export const FileEntry = z.object({ path: z.string(), size: z.number().int() });
export const FileContent = z.object({
  path: z.string(),
  content: z.string(),
  binary: z.boolean(),
  size: z.number().int(),
  etag: z.string(),
});
export type FileContent = z.infer<typeof FileContent>;
export const FileDiff = z.object({
  path: z.string(),
  previousPath: z.string().nullable(),
  change: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'RENAMED']),
  additions: z.number().int(),
  deletions: z.number().int(),
  /** Unified diff; null for binary or very large files. */
  patch: z.string().nullable(),
});
export type FileDiff = z.infer<typeof FileDiff>;
/** What a screenshot may be, by its media type. */
const SCREENSHOT_TYPES = ['image/webp', 'image/png'] as const;
export type ScreenshotType = (typeof SCREENSHOT_TYPES)[number];
const FilePath = z.string().min(1).max(1000);

const tag = 'projects';
export const projectRoutes = {
  listStacks: route({
    method: 'GET',
    url: '/api/stacks',
    access: 'user',
    tag,
    summary: 'Stacks an application can be built on',
    responses: { 200: z.object({ items: z.array(Stack) }) },
  }),
  checkSlug: route({
    method: 'GET',
    url: '/api/slugs',
    access: 'user',
    tag,
    summary: 'Is this slug free, or which slug suits this name',
    query: z.object({ slug: z.string().max(200).optional(), name: z.string().max(200).optional() }),
    responses: { 200: SlugCheck },
  }),
  listProjects: route({
    method: 'GET',
    url: '/api/projects',
    access: 'user',
    tag,
    summary: 'Projects of the tenant, last changed first',
    query: PageQuery.extend({ archived: z.stringbool().default(false) }),
    responses: { 200: page(Project) },
  }),
  createProject: route({
    method: 'POST',
    url: '/api/projects',
    access: 'user',
    tag,
    summary: 'Create a project from its template',
    body: ProjectCreate,
    responses: { 201: Project },
    idempotent: true,
    errors: ['slug_invalid', 'slug_reserved', 'slug_taken', 'stack_unknown', 'runtime_unavailable', 'agents_not_yours'],
  }),
  getProject: route({
    method: 'GET',
    url: '/api/projects/:id',
    access: 'user',
    tag,
    summary: 'One project',
    params: IdParams,
    responses: { 200: Project },
  }),
  updateProject: route({
    method: 'PATCH',
    url: '/api/projects/:id',
    access: 'user',
    tag,
    summary: 'Rename, describe or recolour a project',
    params: IdParams,
    etag: true,
    body: z.object({ name: Name.optional(), description: Description.optional(), accent: Accent.optional() }),
    responses: { 200: Project },
    errors: ['edit_conflict', 'precondition_required'],
  }),
  changeSlug: route({
    method: 'PUT',
    url: '/api/projects/:id/slug',
    access: 'user',
    tag,
    summary: 'Give a project another address; the old one leads to it, for 90 days at least',
    params: IdParams,
    body: z.object({ slug: SlugText }),
    responses: { 200: Project },
    errors: ['slug_invalid', 'slug_reserved', 'slug_taken'],
  }),
  pauseProject: route({
    method: 'POST',
    url: '/api/projects/:id/pause',
    access: 'user',
    tag,
    summary: 'Take the application offline for now',
    params: IdParams,
    responses: { 200: Project },
    errors: ['transition_refused'],
  }),
  resumeProject: route({
    method: 'POST',
    url: '/api/projects/:id/resume',
    access: 'user',
    tag,
    summary: 'Bring a paused application back',
    params: IdParams,
    responses: { 200: Project },
    errors: ['transition_refused'],
  }),
  archiveProject: route({
    method: 'POST',
    url: '/api/projects/:id/archive',
    access: 'user',
    tag,
    summary: 'Put a project away',
    params: IdParams,
    responses: { 200: Project },
    errors: ['transition_refused'],
  }),
  restoreProject: route({
    method: 'POST',
    url: '/api/projects/:id/restore',
    access: 'user',
    tag,
    summary: 'Take a project out of the archive',
    params: IdParams,
    responses: { 200: Project },
    errors: ['transition_refused'],
  }),
  deleteProject: route({
    method: 'DELETE',
    url: '/api/projects/:id',
    access: 'user',
    tag,
    summary: 'Delete a project with its code and data',
    params: IdParams,
    responses: { 204: z.void() },
    errors: ['transition_refused'],
  }),
  readScreenshot: route({
    method: 'GET',
    url: '/api/projects/:id/screenshot',
    access: 'user',
    tag,
    summary: 'How the application looked last',
    params: IdParams,
    media: SCREENSHOT_TYPES,
    responses: { 200: z.any() },
  }),
  saveScreenshot: route({
    method: 'PUT',
    url: '/api/projects/:id/screenshot',
    access: 'user',
    tag,
    summary: 'Keep how the application looks, as its preview drew it; at most 300 KB',
    params: IdParams,
    body: z.any(),
    bodyLimit: 300 * 1024,
    media: SCREENSHOT_TYPES,
    responses: { 204: z.void() },
    errors: ['payload_too_large', 'picture_refused'],
  }),
  listFiles: route({
    method: 'GET',
    url: '/api/projects/:id/files',
    access: 'user',
    tag,
    summary: 'Files of the current or a past version',
    params: IdParams,
    query: z.object({ version: VersionNumber.optional() }),
    responses: { 200: z.object({ items: z.array(FileEntry), truncated: z.boolean() }) },
    errors: ['runtime_unavailable'],
  }),
  readFile: route({
    method: 'GET',
    url: '/api/projects/:id/file',
    access: 'user',
    tag,
    summary: 'One file',
    params: IdParams,
    query: z.object({ path: FilePath, version: VersionNumber.optional() }),
    responses: { 200: FileContent },
    errors: ['file_too_large', 'runtime_unavailable'],
  }),
  writeFile: route({
    method: 'PUT',
    url: '/api/projects/:id/file',
    access: 'user',
    tag,
    summary: 'Save a file; becomes a version. A new file is sent with `If-None-Match: *` instead of `If-Match`',
    params: IdParams,
    query: z.object({ path: FilePath }),
    etag: true,
    body: z.object({ content: z.string().max(1_000_000) }),
    bodyLimit: 2_000_000,
    responses: { 200: FileContent },
    errors: [
      'edit_conflict',
      'precondition_required',
      'path_refused',
      'mara_is_working',
      'project_not_active',
      'runtime_unavailable',
    ],
  }),
};

export const projectErrors = errors({
  slug_invalid: {
    status: 422,
    en: 'An address has 1 to 63 letters, digits or hyphens and does not begin or end with a hyphen.',
    cs: 'Adresa má 1 až 63 písmen, číslic nebo pomlček a pomlčkou nezačíná ani nekončí.',
  },
  slug_reserved: {
    status: 409,
    en: '“{slug}” is reserved. How about “{suggestion}”?',
    cs: '„{slug}“ je vyhrazené. Co třeba „{suggestion}“?',
  },
  slug_taken: {
    status: 409,
    en: '“{slug}” is taken. How about “{suggestion}”?',
    cs: '„{slug}“ už někdo má. Co třeba „{suggestion}“?',
  },
  stack_unknown: { status: 422, en: 'There is no stack “{stackId}” here.', cs: 'Stack „{stackId}“ tu není.' },
  transition_refused: {
    status: 409,
    en: 'A project that is {from} cannot become {to}. It can become: {allowed}.',
    cs: 'Projekt ve stavu {from} nemůže přejít do {to}. Může do: {allowed}.',
  },
  file_too_large: {
    status: 413,
    en: 'This file is too large to show. Clone the project with git to see it.',
    cs: 'Soubor je na zobrazení příliš velký. Naklonujte si projekt gitem.',
  },
  path_refused: {
    status: 422,
    en: 'This path cannot be written. Use a relative path inside the project.',
    cs: 'Na tuto cestu zapsat nejde. Použijte relativní cestu uvnitř projektu.',
  },
  picture_refused: {
    status: 415,
    en: 'This is no picture we can show. Send it as WebP or PNG.',
    cs: 'Tohle není obrázek, který umíme ukázat. Pošlete ho jako WebP nebo PNG.',
  },
  mara_is_working: {
    status: 409,
    en: 'Mara is working on these files. Wait for her or press Stop, then save again; your text is still here.',
    cs: 'Mara na těch souborech právě pracuje. Počkejte, nebo ji zastavte a uložte znovu; váš text tu zůstal.',
  },
  runtime_unavailable: {
    status: 503,
    en: 'Agents and applications cannot run safely on this machine yet: {reason}. {mend}',
    cs: 'Agenti a aplikace tu zatím nemohou bezpečně běžet: {reason}. {mend}',
  },
});
