import { randomUUID } from 'node:crypto';
import { DomainError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { randomToken, type Secrets, sha256 } from '../../platform/secrets.ts';
import { DAY_MS, decideRotation, REFRESH_TOKEN_DAYS, type RefreshTokenState } from '../tokens/rotation.ts';
import type { EndedSessions } from './ended-sessions.ts';
import * as store from './store.ts';

/** A session and the token that keeps it going. */
export interface LiveSession {
  sessionId: string;
  refreshToken: string;
  refreshExpiresAt: Date;
}

export interface Sessions {
  /** Opens a session in the transaction of a sign-up or sign-in. */
  open(tx: Tx, userId: string, device: store.Device): Promise<LiveSession>;
  /** Trades a refresh token for the session's next one; refuses when the session has ended. */
  refresh(refreshToken: string, device: store.Device): Promise<LiveSession & { userId: string }>;
  /** Ends the session that a refresh token, current or older, belongs to. */
  endByToken(refreshToken: string): Promise<void>;
  /** Ends a session of a person; false when she has no such session. */
  end(userId: string, sessionId: string): Promise<boolean>;
  /** Ends the sessions of a person, but for one, within a transaction; note the result with `noteEnded` after it. */
  endAll(tx: Tx, userId: string, except?: string): Promise<string[]>;
  noteEnded(sessionIds: readonly string[]): void;
}

export function createSessions(deps: { db: Database; clock: Clock; secrets: Secrets; ended: EndedSessions }): Sessions {
  const { db, clock, secrets, ended } = deps;
  const expiry = (now: Date) => new Date(now.getTime() + REFRESH_TOKEN_DAYS * DAY_MS);
  /** The successor follows from the token, so that a repeated answer can be given without keeping it. */
  const successorOf = (token: string) =>
    Buffer.from(secrets.derive('refresh-token', token), 'hex').toString('base64url');

  async function end(tx: Tx, userId: string, which: { only?: string; except?: string }): Promise<string[]> {
    const sessionIds = await store.revokeSessions(tx, userId, which, clock.now());
    await ended.announce(tx, sessionIds);
    return sessionIds;
  }

  async function rotate(tx: Tx, token: string, device: store.Device): Promise<Rotated> {
    const found = await store.findToken(tx, sha256(token));
    if (!found || !(await store.lockAccount(tx, found.user_id))) return { outcome: 'ended' };
    const successor = successorOf(token);
    const [presented, next] = [await store.findToken(tx, sha256(token)), await store.findToken(tx, sha256(successor))];
    const now = clock.now();
    const decision = decideRotation(presented ? stateOf(presented) : null, next ? stateOf(next) : null, now);
    const { id, user_id: userId, family_id: familyId } = found;
    if (decision === 'ended') return { outcome: 'ended' };
    if (decision === 'reused') return { outcome: 'reused', ended: await end(tx, userId, { only: familyId }) };
    const live = { outcome: 'live', userId, sessionId: familyId, refreshToken: successor } as const;
    if (decision === 'repeat') return { ...live, refreshExpiresAt: next?.expires_at ?? expiry(now) };
    if (!(await store.replaceToken(tx, id, now))) return { outcome: 'ended' };
    const refreshExpiresAt = expiry(now);
    const tokenHash = sha256(successor);
    await store.insertToken(tx, { userId, familyId, tokenHash, expiresAt: refreshExpiresAt, now, device });
    return { ...live, refreshExpiresAt };
  }

  return {
    async open(tx, userId, device) {
      const now = clock.now();
      const [sessionId, refreshToken, refreshExpiresAt] = [randomUUID(), randomToken(), expiry(now)];
      const tokenHash = sha256(refreshToken);
      await store.insertToken(tx, { userId, familyId: sessionId, tokenHash, expiresAt: refreshExpiresAt, now, device });
      return { sessionId, refreshToken, refreshExpiresAt };
    },
    async refresh(refreshToken, device) {
      const rotated = await db.system((tx) => rotate(tx, refreshToken, device));
      if (rotated.outcome === 'live') return rotated;
      if (rotated.outcome === 'reused') ended.note(rotated.ended);
      throw new DomainError('session_ended');
    },
    async endByToken(refreshToken) {
      const sessionIds = await db.system(async (tx) => {
        const token = await store.findToken(tx, sha256(refreshToken));
        if (!token || !(await store.lockAccount(tx, token.user_id))) return [];
        return end(tx, token.user_id, { only: token.family_id });
      });
      ended.note(sessionIds);
    },
    async end(userId, sessionId) {
      const sessionIds = await db.system(async (tx) => {
        await store.lockAccount(tx, userId);
        return end(tx, userId, { only: sessionId });
      });
      ended.note(sessionIds);
      return sessionIds.length > 0;
    },
    endAll: (tx, userId, except) => end(tx, userId, except === undefined ? {} : { except }),
    noteEnded: ended.note,
  };
}

type Rotated =
  | { outcome: 'ended' }
  | { outcome: 'reused'; ended: string[] }
  | ({ outcome: 'live'; userId: string } & LiveSession);

type TokenRow = NonNullable<Awaited<ReturnType<typeof store.findToken>>>;
const stateOf = (row: TokenRow): RefreshTokenState => ({
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  replacedAt: row.replaced_at,
});
