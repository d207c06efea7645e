import type { Look, LookRequest } from '@talkide/contracts';
import type { z } from 'zod';
import type { Kit } from '../kit.ts';
import { findTurn } from '../turns/turn-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { requireLease } from './lease.ts';

/** Lets the team of a running turn look at the application as its code stands now. */
export async function lookAt(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  request: z.infer<typeof LookRequest>,
  abort: AbortSignal,
): Promise<Look> {
  const { id: environmentId, tenantId } = environment;
  const found = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
  const { project_id: projectId } = requireLease(found, environmentId, request.leaseToken);
  return kit.look({ tenantId, projectId, steps: request.steps }, abort);
}
