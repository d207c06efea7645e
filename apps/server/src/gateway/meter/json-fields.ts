/** A JSON object some of whose fields are looked at: what the upstream says is taken where it is what it should be. */
export type Json = Readonly<Record<string, unknown>>;

/** Null: it is no object. */
export const objectOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

export const arrayOf = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);

/** Null: it is no whole number from zero on. */
export const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
