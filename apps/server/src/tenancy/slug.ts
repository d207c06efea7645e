/** The longest slug of a tenant: namespaces add to it and end at 63 signs. */
const MAX_LENGTH = 40;
const FALLBACK = 'studio';

/** A DNS label from the name in front of an email's @. */
export function slugFromEmail(email: string): string {
  const [local = ''] = email.split('@');
  const slug = local
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return trimHyphens(slug.slice(0, MAX_LENGTH)) || FALLBACK;
}

/** The n-th variant of a slug: `jana`, `jana-2`, `jana-3`, … never longer than a slug may be. */
export function slugVariant(slug: string, n: number): string {
  if (n <= 1) return slug;
  const suffix = `-${n}`;
  return trimHyphens(slug.slice(0, MAX_LENGTH - suffix.length)) + suffix;
}

const trimHyphens = (text: string) => text.replace(/^-+|-+$/g, '');
