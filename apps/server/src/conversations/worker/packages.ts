import type { PackagesAnswer, PackagesRequest } from '@talkide/contracts';
import type { z } from 'zod';
import type { Kit } from '../kit.ts';
import { findTurn } from '../turns/turn-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { requireLease } from './lease.ts';

/** Lets the team of a running turn change what its application is built from. */
export async function changePackages(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  { leaseToken, ...change }: z.infer<typeof PackagesRequest>,
  abort: AbortSignal,
): Promise<PackagesAnswer> {
  const { id: environmentId, tenantId } = environment;
  const found = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
  const { project_id: projectId } = requireLease(found, environmentId, leaseToken);
  return kit.changePackages({ tenantId, projectId }, change, abort);
}
