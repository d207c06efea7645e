import { DomainError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { queueMail } from '../../platform/mail.ts';
import { randomToken, type Secrets, sha256 } from '../../platform/secrets.ts';
import { audit } from '../audit.ts';
import { inviteLetter } from './letter.ts';
import * as store from './store.ts';

/** Failed redemptions that one address may make in the window. */
export const REDEMPTION_LIMIT = { windowSeconds: 3600, max: 10 };
const DAYS = 30;

export interface Invites {
  list(page: { before: string | null; limit: number }): Promise<InviteRow[]>;
  create(operator: Caller, email: string): Promise<InviteRow & { url: string }>;
  revoke(operator: Caller, id: string): Promise<void>;
  /** Refuses a token that cannot be redeemed; every failure is logged and counts against the address. */
  check(token: string, ip: string): Promise<void>;
  /** Redeems a token in the transaction of a sign-up; false when it cannot be redeemed. */
  claim(tx: Tx, token: string, claim: { userId: string; ip: string }): Promise<boolean>;
}

export type InviteRow = Awaited<ReturnType<typeof store.insertInvite>>;

export function createInvites(deps: { db: Database; clock: Clock; secrets: Secrets; publicUrl: string }): Invites {
  const { db, clock, secrets, publicUrl } = deps;
  const hashOf = (ip: string) => secrets.derive('invite-ip', ip);

  return {
    list: (page) =>
      db.system(async (tx) => {
        await store.expireInvites(tx, clock.now());
        return store.listInvites(tx, page);
      }),
    create: (operator, email) =>
      db.system(async (tx) => {
        const issuedAt = clock.now();
        const expiresAt = new Date(issuedAt.getTime() + DAYS * 86_400_000);
        const token = randomToken();
        const url = `${publicUrl}/sign-up#invite=${token}`;
        const row = await store.insertInvite(tx, { token, email, issuerId: operator.userId, issuedAt, expiresAt });
        await store.addToQuota(tx, operator.userId, 'issued_count');
        await queueMail(tx, inviteLetter({ email, url, locale: operator.locale }));
        await audit(tx, operator.userId, 'invite.created', { inviteId: row.id });
        return { ...row, url };
      }),
    revoke: (operator, id) =>
      db.system(async (tx) => {
        if (!(await store.inviteExists(tx, id))) throw new DomainError('not_found');
        if (!(await store.revokeInvite(tx, id, clock.now()))) throw new DomainError('invite_settled');
        await audit(tx, operator.userId, 'invite.revoked', { inviteId: id });
      }),
    check: async (token, ip) => {
      const attempt = { tokenHash: sha256(token), ipHash: hashOf(ip), now: clock.now() };
      const refusal = await db.system((tx) => judge(tx, token, attempt));
      if (refusal) throw refusal;
    },
    claim: async (tx, token, { userId, ip }) => {
      const now = clock.now();
      const inviteId = await store.claimInvite(tx, token, userId, now);
      if (!inviteId) return false;
      await store.logAttempt(tx, { tokenHash: sha256(token), ipHash: hashOf(ip), result: 'OK', now });
      return true;
    },
  };
}

/** Whether a token may be tried from an address and can be redeemed; writes a failure down. */
async function judge(
  tx: Tx,
  token: string,
  attempt: { tokenHash: string; ipHash: string; now: Date },
): Promise<DomainError | null> {
  const { ipHash, now } = attempt;
  const windowMs = REDEMPTION_LIMIT.windowSeconds * 1000;
  await store.lockAddress(tx, ipHash);
  const failures = await store.failedAttempts(tx, ipHash, new Date(now.getTime() - windowMs), REDEMPTION_LIMIT.max);
  const oldest = failures.at(-1);
  if (oldest && failures.length >= REDEMPTION_LIMIT.max) {
    await store.logAttempt(tx, { ...attempt, result: 'RATE_LIMITED' });
    const retryAfterSeconds = Math.max(1, Math.ceil((oldest.getTime() + windowMs - now.getTime()) / 1000));
    return new DomainError('rate_limited', { retryAfterSeconds });
  }
  const invite = await store.findByToken(tx, token);
  if (invite?.status === 'PENDING' && invite.expires_at > now) return null;
  const expired = invite?.status === 'PENDING' || invite?.status === 'EXPIRED';
  await store.logAttempt(tx, { ...attempt, result: expired ? 'EXPIRED' : 'INVALID_TOKEN' });
  return new DomainError('invite_invalid');
}
