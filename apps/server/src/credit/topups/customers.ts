import type { Payments } from '../../adapters/payments/index.ts';
import type { Database } from '../../platform/db/index.ts';
import { sha256 } from '../../platform/secrets.ts';
import type { References } from './reference.ts';
import { findPayer, setCustomer } from './store.ts';

interface CustomerDeps {
  db: Database;
  payments: Payments;
  references: References;
}

/** The customer that a person is at the provider; made when there is none yet, or `anew` when the provider lost it. */
export async function customerOf({ db, payments, references }: CustomerDeps, userId: string, anew: boolean) {
  const { email, name, stripe_customer_id: known } = await db.system((tx) => findPayer(tx, userId));
  if (known && !anew) return known;
  const key = references.key('customer', userId, sha256([email, name, known ?? ''].join('\n')).slice(0, 16));
  const made = await payments.createCustomer({ key, email, name, reference: references.key('user', userId) });
  await db.system((tx) => setCustomer(tx, userId, made));
  return made;
}
