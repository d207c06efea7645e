import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import { queueMail } from '../platform/mail.ts';
import { randomToken, sha256 } from '../platform/secrets.ts';
import { type Addressee, passwordChangedLetter, resetLetter } from './account/letters.ts';
import { findByEmail, setPasswordHash } from './account/store.ts';
import type { Core } from './core.ts';
import { emailKey, ipKey } from './limits/keys.ts';
import * as tokens from './password-reset-store.ts';
import { isCommonPassword } from './passwords/common-passwords.ts';
import { lockAccount } from './sessions/store.ts';

const RESET_MINUTES = 60;

/** Counts a request for a reset link. Known and unknown emails are told apart only after the answer: see `sendResetLink`. */
export async function countResetRequest({ limiter, secrets }: Core, email: string, ip: string): Promise<void> {
  await limiter.spend({ resetByIp: ipKey(ip), resetByEmail: emailKey(secrets, email) });
}

/** Mails a link if the email is known. */
export async function sendResetLink({ db, clock, publicUrl }: Core, email: string): Promise<void> {
  await db.system(async (tx) => {
    const account = await findByEmail(tx, email);
    if (!account) return;
    const token = randomToken();
    const expiresAt = new Date(clock.now().getTime() + RESET_MINUTES * 60_000);
    await tokens.insertResetToken(tx, { userId: account.id, tokenHash: sha256(token), expiresAt });
    await queueMail(tx, resetLetter(account, publicUrl, token));
  });
}

/** Sets a new password with a mailed token, which works once, and ends all sessions. */
export async function confirmReset(core: Core, form: { token: string; password: string }, ip: string): Promise<void> {
  const { db, clock, hasher, limiter, sessions } = core;
  if (isCommonPassword(form.password)) throw new DomainError('password_common');
  const spent = await limiter.spend({ resetConfirmByIp: ipKey(ip) });
  const passwordHash = await hasher.hash(form.password);
  const ended = await db.system(async (tx) => {
    const userId = await tokens.useResetToken(tx, sha256(form.token), clock.now());
    const account = userId ? await lockAccount(tx, userId) : undefined;
    if (!account) throw new DomainError('reset_token_invalid');
    refuseOwnWords(form.password, account);
    return replacePassword(core, tx, account, passwordHash);
  });
  sessions.noteEnded(ended);
  await limiter.forgive(spent);
}

/** Refuses a password made of the person's own name or email. */
export function refuseOwnWords(password: string, person: { email: string; name: string }): void {
  const [local = ''] = person.email.split('@');
  const own = [local, ...local.split(/[^\p{L}\p{N}]+/u), ...person.name.split(/\s+/)];
  if (isCommonPassword(password, own)) throw new DomainError('password_common');
}

/** Sets a password, ends the sessions but one, voids all reset links and tells the person. The ended sessions. */
export async function replacePassword(
  { clock, publicUrl, sessions }: Core,
  tx: Tx,
  account: Addressee,
  passwordHash: string,
  keepSession?: string,
): Promise<string[]> {
  await setPasswordHash(tx, account.id, passwordHash);
  await tokens.voidResetTokens(tx, account.id, clock.now());
  await queueMail(tx, passwordChangedLetter(account, publicUrl));
  return sessions.endAll(tx, account.id, keepSession);
}
