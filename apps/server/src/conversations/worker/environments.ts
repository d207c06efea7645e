import type { Database } from '../../platform/db/index.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { verifyWorkerToken } from './worker-token.ts';

export interface WorkerEnvironment {
  id: string;
  tenantId: string;
}

/** A suspended environment's worker is refused after this at the latest. */
const KNOWN_FOR_MS = 2_000;

/** Resolves worker tokens to their environment; null: forged, or the environment is gone or not ACTIVE. */
export function createEnvironments(db: Database, secrets: Secrets) {
  const known = new Map<string, { until: number; environment: Promise<WorkerEnvironment | null> }>();

  const read = (id: string): Promise<WorkerEnvironment | null> =>
    db.system(async (tx) => {
      const row = await tx
        .selectFrom('environment')
        .select('tenant_id')
        .where('id', '=', id)
        .where('status', '=', 'ACTIVE')
        .executeTakeFirst();
      return row ? { id, tenantId: row.tenant_id } : null;
    });

  return {
    async authenticate(authorization: string | undefined): Promise<WorkerEnvironment | null> {
      const id = verifyWorkerToken(secrets, authorization?.replace(/^Bearer /, '') ?? '');
      if (!id) return null;
      const earlier = known.get(id);
      if (earlier && earlier.until > performance.now()) return earlier.environment;
      const environment = read(id);
      known.set(id, { until: performance.now() + KNOWN_FOR_MS, environment });
      environment.catch(() => known.delete(id));
      return environment;
    },
  };
}
