import type { SlugCheck } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Database } from '../platform/db/index.ts';
import { findUnavailable } from './slug-store.ts';
import { isLabel, proposeSlug, withSuffix } from './slugs.ts';

/** Suffixes looked at together: `base`, `base-2`, …; then the next as many. */
const AT_ONCE = 50;

/** Looks at an asked slug, or finds the one that suits a name. */
export async function checkSlug(
  db: Database,
  asked: { slug?: string; name?: string },
  forProject: string | null = null,
): Promise<SlugCheck> {
  if (asked.slug === undefined) {
    const slug = await suggestSlug(db, proposeSlug(asked.name ?? ''));
    return { slug, available: true, reason: null, suggestion: slug };
  }
  const slug = asked.slug.trim().toLowerCase();
  if (!isLabel(slug)) {
    const suggestion = await suggestSlug(db, proposeSlug(slug));
    return { slug, available: false, reason: 'not_a_label', suggestion };
  }
  const { taken, reserved } = await db.system((tx) => findUnavailable(tx, [slug], forProject));
  const reason = reserved.has(slug) ? 'reserved' : taken.has(slug) ? 'taken' : null;
  return { slug, available: reason === null, reason, suggestion: reason ? await suggestSlug(db, slug) : slug };
}

/** The asked slug when it is free; else the refusal that says why and suggests another. */
export async function requireFreeSlug(db: Database, asked: string, forProject: string | null = null): Promise<string> {
  const { slug, reason, suggestion } = await checkSlug(db, { slug: asked }, forProject);
  if (reason === 'not_a_label') throw new DomainError('slug_invalid', { slug, suggestion });
  if (reason === 'reserved') throw new DomainError('slug_reserved', { slug, suggestion });
  if (reason === 'taken') throw new DomainError('slug_taken', { slug, suggestion });
  return slug;
}

/** The first free one of `base`, `base-2`, `base-3`, … */
export async function suggestSlug(db: Database, base: string): Promise<string> {
  for (let from = 1; ; from += AT_ONCE) {
    const candidates = Array.from({ length: AT_ONCE }, (_, i) => (from + i === 1 ? base : withSuffix(base, from + i)));
    const { taken, reserved } = await db.system((tx) => findUnavailable(tx, candidates));
    const free = candidates.find((slug) => !taken.has(slug) && !reserved.has(slug));
    if (free) return free;
  }
}
