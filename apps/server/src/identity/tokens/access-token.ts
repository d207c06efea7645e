import { jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Caller } from '../../platform/http/caller.ts';

export const ACCESS_TOKEN_SECONDS = 600;
const ISSUER = 'talkide';
const ALGORITHM = 'HS256';

export interface AccessTokens {
  issue(caller: Caller): Promise<{ accessToken: string; expiresAt: Date }>;
  /** Who the token was made for; null when it is forged, expired or not one of ours. */
  read(token: string): Promise<Caller | null>;
}

/** Access tokens: a JWT of a few minutes that carries the whole caller, so that a request costs no query. */
export function createAccessTokens(keyHex: string, clock: Clock): AccessTokens {
  const key = Buffer.from(keyHex, 'hex');
  return {
    async issue(caller) {
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      const expiresAt = issuedAt + ACCESS_TOKEN_SECONDS;
      const claims = { tid: caller.tenantId, sid: caller.sessionId, role: caller.role, locale: caller.locale };
      const accessToken = await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(caller.userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { accessToken, expiresAt: new Date(expiresAt * 1000) };
    },
    async read(token) {
      const options = { algorithms: [ALGORITHM], issuer: ISSUER, currentDate: clock.now() };
      const verified = await jwtVerify(token, key, options).catch(() => null);
      if (!verified) return null;
      const { sub, tid, sid, role, locale } = verified.payload;
      if (typeof sub !== 'string' || typeof tid !== 'string' || typeof sid !== 'string') return null;
      if (role !== 'USER' && role !== 'ADMIN') return null;
      return { userId: sub, tenantId: tid, sessionId: sid, role, locale: locale === 'cs' ? 'cs' : 'en' };
    },
  };
}
