import { DatabaseError } from 'pg';

const KINDS: Record<string, 'unique' | 'foreign-key' | 'check' | 'not-null' | 'exclusion' | 'restrict'> = {
  '23505': 'unique',
  '23503': 'foreign-key',
  '23514': 'check',
  '23502': 'not-null',
  '23P01': 'exclusion',
  '23001': 'restrict',
};

/** The rule of the schema that a statement broke; undefined when the error is of another sort. */
export function brokenRule(error: unknown): { kind: (typeof KINDS)[string]; constraint: string } | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  const kind = KINDS[error.code ?? ''];
  return kind && { kind, constraint: error.constraint ?? error.column ?? '' };
}
