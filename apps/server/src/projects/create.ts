import { Accent, type Project, type ProjectCreate } from '@talkide/contracts';
import type { z } from 'zod';
import { DomainError } from '../errors.ts';
import { brokenRule, type Tx } from '../platform/db/index.ts';
import type { Caller } from '../platform/http/caller.ts';
import type { Context } from './context.ts';
import type { Folders } from './places.ts';
import { requireFreeSlug, suggestSlug } from './slug-check.ts';
import { proposeSlug } from './slugs.ts';
import type { Stack } from './stacks/loader.ts';
import type { Template } from './stacks/template.ts';
import { view } from './status.ts';
import { insertProject } from './store.ts';
import { addBuiltVersion } from './versions.ts';

type Input = z.output<typeof ProjectCreate>;
/** Keeps the answer of a call in the transaction of its effect. */
type Keep = (tx: Tx, project: Project) => Promise<void>;

/** How often a slug that was free a moment ago may be snatched before that is an error. */
const ATTEMPTS = 5;
const FIRST_VERSION = { en: 'The start', cs: 'Začátek' } as const;

/** Makes a project from its template: rows, folders, first version and its build, and the first message to Mara. */
export async function createProject(context: Context, caller: Caller, input: Input, keep: Keep): Promise<Project> {
  const stack = pickStack(context, input.stackId);
  const template = await context.templates.of(stack);
  const asked = input.slug === undefined ? null : await requireFreeSlug(context.db, input.slug);
  for (let attempt = 1; ; attempt += 1) {
    const slug = asked ?? (await suggestSlug(context.db, proposeSlug(input.name)));
    try {
      return await insertAll(context, caller, { input, slug, template, keep });
    } catch (error) {
      if (brokenRule(error)?.constraint !== 'project_slug_key' || attempt === ATTEMPTS) throw error;
      if (asked) throw new DomainError('slug_taken', { slug, suggestion: await suggestSlug(context.db, slug) });
    }
  }
}

function pickStack(context: Context, id: string | undefined): Stack {
  const stack = id === undefined ? context.stacks.all[0] : context.stacks.find(id);
  if (!stack) throw new DomainError('stack_unknown', { stackId: id });
  return stack;
}

/**
 * The folders are laid inside the transaction: nobody sees rows without folders, and folders without rows (a crash in
 * between) are swept at the next start.
 */
async function insertAll(
  context: Context,
  caller: Caller,
  { input, slug, template, keep }: { input: Input; slug: string; template: Template; keep: Keep },
): Promise<Project> {
  const { tenantId } = caller;
  const { stack } = template;
  let laid: Folders | null = null;
  try {
    const project = await context.db.tenant(tenantId, async (tx) => {
      const environment = await context.defaultEnvironment(tx, tenantId);
      const row = await insertProject(tx, {
        tenant_id: tenantId,
        environment_id: environment.id,
        name: input.name,
        description: input.description,
        slug,
        accent: input.accent ?? accentOf(slug),
        stack_id: stack.id,
        backend_language: stack.backendLanguage,
        backend_framework: stack.backendFramework,
        frontend_language: stack.frontendLanguage,
        frontend_framework: stack.frontendFramework,
      });
      const folders = context.places.folders({ id: row.id, environmentId: environment.id });
      context.places.requireFree(folders);
      laid = folders;
      await context.places.lay(folders, template);
      await addBuiltVersion(context, tx, {
        project: row,
        commit: template.commit,
        tree: template.treeSha,
        description: FIRST_VERSION[caller.locale],
        source: 'TEMPLATE',
        files: [],
      });
      if (input.prompt !== undefined) {
        const { userId } = caller;
        await context.hooks.firstMessage(tx, { tenantId, userId, projectId: row.id, content: input.prompt });
      }
      const made = (await view(context, tx, [row.id]))[0];
      if (made) await keep(tx, made);
      return made;
    });
    if (!project) throw new Error('the project that was just made is not there');
    return project;
  } catch (error) {
    if (laid) await context.places.discard(laid);
    throw error;
  }
}

/** An accent for who did not choose: another name mostly gets another colour. */
function accentOf(slug: string): Accent {
  const sum = [...slug].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return Accent.options[sum % Accent.options.length] ?? 'oklch(0.78 0.15 70)';
}
