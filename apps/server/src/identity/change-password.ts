import { DomainError } from '../errors.ts';
import type { Caller } from '../platform/http/caller.ts';
import type { Core } from './core.ts';
import { refuseOwnWords, replacePassword } from './password-reset.ts';
import { isCommonPassword } from './passwords/common-passwords.ts';
import { lockAccount } from './sessions/store.ts';

/** Changes the password of who knows the current one and ends her other sessions. */
export async function changePassword(
  core: Core,
  caller: Caller,
  form: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { db, hasher, limiter, sessions } = core;
  if (isCommonPassword(form.newPassword)) throw new DomainError('password_common');
  const spent = await limiter.spend({ passwordChangeByUser: caller.userId });
  const before = await db.system((tx) => lockAccount(tx, caller.userId));
  if (!(await hasher.verify(form.currentPassword, before?.password_hash ?? null))) {
    throw new DomainError('credentials_wrong');
  }
  if (before) refuseOwnWords(form.newPassword, before);
  const passwordHash = await hasher.hash(form.newPassword);
  const ended = await db.system(async (tx) => {
    const now = await lockAccount(tx, caller.userId);
    if (!now || now.password_hash !== before?.password_hash) throw new DomainError('credentials_wrong');
    return replacePassword(core, tx, now, passwordHash, caller.sessionId);
  });
  sessions.noteEnded(ended);
  await limiter.forgive(spent);
}
