import type { Database } from '../platform/db/index.ts';
import type { Author } from './git/repository.ts';

/** A person as the author of a commit. */
export async function findAuthor(db: Database, userId: string): Promise<Author> {
  return db.system((tx) =>
    tx.selectFrom('users').select(['name', 'email']).where('id', '=', userId).executeTakeFirstOrThrow(),
  );
}
