import type { KillSwitch } from '@talkide/contracts';
import type { Tx } from '../../platform/db/index.ts';

export type KillSwitchKey = KillSwitch['key'];

export async function listKillSwitches(tx: Tx) {
  return tx.selectFrom('platform_kill_switch').selectAll().execute();
}

export async function upsertKillSwitch(tx: Tx, change: { key: KillSwitchKey; enabled: boolean; reason: string }) {
  const { enabled, reason } = change;
  return tx
    .insertInto('platform_kill_switch')
    .values(change)
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ enabled, reason }))
    .returningAll()
    .executeTakeFirstOrThrow();
}
