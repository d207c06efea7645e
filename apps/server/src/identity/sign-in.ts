import { DomainError } from '../errors.ts';
import { findByEmail } from './account/store.ts';
import type { Core } from './core.ts';
import { emailKey, ipKey } from './limits/keys.ts';
import type { LiveSession } from './sessions/sessions.ts';
import { type Device, lockAccount } from './sessions/store.ts';

/** Opens a session for who knows the password. An unknown email takes as long and gets the same answer. */
export async function signIn(
  { db, hasher, limiter, secrets, sessions }: Core,
  form: { email: string; password: string },
  device: Device,
): Promise<LiveSession & { userId: string }> {
  const spent = await limiter.spend({
    signInByIp: ipKey(device.ip),
    signInByEmail: emailKey(secrets, form.email),
  });
  const account = await db.system((tx) => findByEmail(tx, form.email));
  const matches = await hasher.verify(form.password, account?.password_hash ?? null);
  if (!account || !matches) throw new DomainError('credentials_wrong');
  const session = await db.system(async (tx) => {
    // The password may have been changed while this one was checked; that change ended all sessions.
    const now = await lockAccount(tx, account.id);
    if (now?.password_hash !== account.password_hash) throw new DomainError('credentials_wrong');
    return sessions.open(tx, account.id, device);
  });
  await limiter.forgive(spent);
  return { userId: account.id, ...session };
}
