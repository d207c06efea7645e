import type { Tx } from '../platform/db/index.ts';

export type OperatorAction = 'kill-switch.set' | 'invite.created' | 'invite.revoked' | 'price.added';

/** Writes down what an operator did, in the commit of the deed. */
export async function audit(
  tx: Tx,
  userId: string,
  action: OperatorAction,
  details: Record<string, string | boolean | null>,
): Promise<void> {
  await tx
    .insertInto('operator_audit')
    .values({ user_id: userId, action, details_json: JSON.stringify(details) })
    .execute();
}
