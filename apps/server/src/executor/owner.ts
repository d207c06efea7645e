import { ConfigError } from '../config.ts';
import { DomainError } from '../errors.ts';
import type { Database } from '../platform/db/index.ts';

/** The one tenant whose turns run with the login of the person who runs the platform. */
export interface Owner {
  /** Refuses every other tenant. */
  requireServed(tenantId: string): Promise<void>;
  /** Refuses environments of every other tenant. */
  requireOwnEnvironment(environmentId: string): Promise<void>;
}

/** The first tenant is the operator's, who is the developer. Refuses a platform that others use already. */
export async function findOwner(db: Database): Promise<Owner> {
  const oldest = (count: number) =>
    db.system((tx) => tx.selectFrom('tenant').select('id').orderBy('id').limit(count).execute());
  const [first, second] = await oldest(2);
  if (second)
    throw new ConfigError(
      'TALKIDE_EXECUTOR=cli works on a platform of your own, and others have accounts on this one. Unset TALKIDE_EXECUTOR, or choose another TALKIDE_HOME.',
    );
  let owner = first?.id;

  async function requireServed(tenantId: string): Promise<void> {
    // Nobody may have signed up at the start; once somebody has, the first stays the first.
    owner ??= (await oldest(1))[0]?.id;
    if (tenantId !== owner) throw new DomainError('agents_not_yours');
  }

  return {
    requireServed,
    requireOwnEnvironment: async (environmentId) => {
      const environment = await db.system((tx) =>
        tx.selectFrom('environment').select('tenant_id').where('id', '=', environmentId).executeTakeFirst(),
      );
      await requireServed(environment?.tenant_id ?? '');
    },
  };
}
