import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/index.ts';
import type { Vault } from '../platform/vault.ts';
import { openCertificate, sealCertificate } from './certificates.ts';
import { certificatesAfter, resealCertificate } from './store.ts';

const BATCH = 200;

/** Seals certificates under the key of today; those that no key opens are forgotten, and so fetched again. */
export async function resealCertificates(db: Database, vault: Vault, clock: Clock): Promise<void> {
  for (let last = '0'; ; ) {
    const rows = await db.system((tx) => certificatesAfter(tx, last, BATCH));
    const final = rows.at(-1);
    if (!final) return;
    last = final.id;
    for (const row of rows) {
      const { certificate } = row;
      if (certificate === null || vault.isCurrent(certificate)) continue;
      const sealed = resealed(vault, row, certificate);
      await db.system((tx) => resealCertificate(tx, row.id, certificate, sealed, clock.now()));
    }
  }
}

function resealed(vault: Vault, row: Parameters<typeof openCertificate>[1], sealed: string): string | null {
  try {
    return sealCertificate(vault, row, openCertificate(vault, row, sealed));
  } catch {
    return null;
  }
}
