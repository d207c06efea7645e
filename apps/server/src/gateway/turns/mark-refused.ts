import type { Database } from '../../platform/db/index.ts';
import type { RefusalReason } from '../ports.ts';
import type { TurnAccess } from './turn-access.ts';

/** Notes on a running turn why its calls are refused; the first reason counts. */
export async function markRefused(db: Database, turn: TurnAccess, reason: RefusalReason): Promise<void> {
  await db.system((tx) =>
    tx
      .updateTable('turn')
      .set({ refused_by: reason })
      .where('id', '=', turn.id)
      .where('tenant_id', '=', turn.tenantId)
      .where('status', '=', 'RUNNING')
      .where('refused_by', 'is', null)
      .execute(),
  );
}
