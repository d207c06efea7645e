import type { RawBuilder } from 'kysely';
import { brokenRule, type Database } from '../platform/db/index.ts';

/** The constraint that a statement of the system scope breaks; undefined when it goes through (and is committed). */
export async function rejectedBy(db: Database, statement: RawBuilder<unknown>): Promise<string | undefined> {
  try {
    await db.system((tx) => statement.execute(tx));
    return undefined;
  } catch (error) {
    const rule = brokenRule(error);
    if (!rule) throw error;
    return rule.constraint;
  }
}
