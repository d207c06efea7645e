import { attachDatabase } from './composition/attach.ts';
import { readConfig } from './config.ts';
import { verifyLedger } from './credit/index.ts';

/** Compares the ledger of the running platform with its calls, and says so; false when they differ. */
export async function verifyUsageLedger(say: (text: string) => void): Promise<boolean> {
  const db = await attachDatabase(readConfig(process.env, process.cwd()));
  try {
    const { rows, drift } = await verifyLedger(db);
    for (const { tenantId, userId, conversationId, windowStart, recorded, rebuilt } of drift) {
      const where = `tenant ${tenantId}, user ${userId}, conversation ${conversationId ?? 'none'}, ${windowStart.toISOString()}`;
      say(
        `${where}: the ledger has ${recorded?.chargedUsd ?? 'nothing'}, the calls are ${rebuilt?.chargedUsd ?? 'none'}`,
      );
    }
    say(drift.length === 0 ? `${rows} rows, all as their calls add up.` : `${drift.length} of ${rows} rows differ.`);
    return drift.length === 0;
  } finally {
    await db.close();
  }
}
