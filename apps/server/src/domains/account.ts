import { crypto } from 'acme-client';
import type { Database } from '../platform/db/index.ts';
import { CannotOpen, type Vault } from '../platform/vault.ts';

const placeOf = (directory: string) => `acme-account ${directory}`;

/** The key of the platform's account at a certificate authority: PEM, made at the first use, the same in all processes. */
export async function accountKey(db: Database, vault: Vault, directory: string): Promise<string> {
  const kept = await read(db, directory);
  if (kept !== null) {
    try {
      return vault.open(placeOf(directory), kept);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      // Its secret key is gone: another account takes its place.
      await db.system((tx) =>
        tx.deleteFrom('acme_account').where('directory', '=', directory).where('sealed', '=', kept).execute(),
      );
    }
  }
  const key = (await crypto.createPrivateEcdsaKey()).toString();
  const sealed = vault.seal(placeOf(directory), key);
  await db.system((tx) =>
    tx
      .insertInto('acme_account')
      .values({ directory, sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  const now = await read(db, directory);
  return now === null || now === sealed ? key : vault.open(placeOf(directory), now);
}

async function read(db: Database, directory: string): Promise<string | null> {
  const row = await db.system((tx) =>
    tx.selectFrom('acme_account').select('sealed').where('directory', '=', directory).executeTakeFirst(),
  );
  return row?.sealed ?? null;
}

/** Seals the keys of accounts anew that an earlier secret key sealed; those that no key opens stay, and are replaced at use. */
export async function resealAccounts(db: Database, vault: Vault): Promise<void> {
  const rows = await db.system((tx) => tx.selectFrom('acme_account').selectAll().execute());
  for (const { directory, sealed } of rows) {
    if (vault.isCurrent(sealed)) continue;
    const key = openOrNull(vault, placeOf(directory), sealed);
    if (key === null) continue;
    await db.system((tx) =>
      tx
        .updateTable('acme_account')
        .set({ sealed: vault.seal(placeOf(directory), key) })
        .where('directory', '=', directory)
        .where('sealed', '=', sealed)
        .execute(),
    );
  }
}

function openOrNull(vault: Vault, place: string, sealed: string): string | null {
  try {
    return vault.open(place, sealed);
  } catch {
    return null;
  }
}
