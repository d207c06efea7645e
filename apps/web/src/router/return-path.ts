/** A `next` parameter as a path of this app; anything that could lead elsewhere is refused. */
export const returnPath = (next: unknown): string | null =>
  typeof next === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : null;
