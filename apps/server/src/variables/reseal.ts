import type { Database } from '../platform/db/index.ts';
import type { Vault } from '../platform/vault.ts';
import { placeOf } from './place.ts';
import { resealVariable, sealedAfter } from './store.ts';

const BATCH = 200;

/**
 * Seals under the key of today what an earlier one sealed. `unreadable` counts those that no key opens: their secret key
 * is gone, and they have to be set again.
 */
export async function resealAll(db: Database, vault: Vault): Promise<{ resealed: number; unreadable: number }> {
  const count = { resealed: 0, unreadable: 0 };
  for (let last = '0'; ; ) {
    const rows = await db.system((tx) => sealedAfter(tx, last, BATCH));
    const final = rows.at(-1);
    if (!final) return count;
    last = final.id;
    for (const row of rows) {
      if (vault.isCurrent(row.sealed)) continue;
      const place = placeOf({ tenantId: row.tenant_id, projectId: row.project_id }, row.kind, row.name);
      const text = openOrNull(vault, place, row.sealed);
      if (text === null) count.unreadable += 1;
      else if (await db.system((tx) => resealVariable(tx, row.id, row.sealed, vault.seal(place, text))))
        count.resealed += 1;
    }
  }
}

function openOrNull(vault: Vault, place: string, sealed: string): string | null {
  try {
    return vault.open(place, sealed);
  } catch {
    return null;
  }
}
