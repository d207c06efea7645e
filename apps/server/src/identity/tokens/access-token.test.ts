import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../platform/http/caller.ts';
import { ACCESS_TOKEN_SECONDS, createAccessTokens } from './access-token.ts';

const caller: Caller = { userId: '7', tenantId: '8', sessionId: 'a-session', role: 'USER', locale: 'cs' };
const start = new Date('2026-11-22T10:00:00Z');
const later = (seconds: number) => ({ now: () => new Date(start.getTime() + seconds * 1000) });
const key = 'ab'.repeat(32);
const at = (seconds: number) => createAccessTokens(key, later(seconds));

describe('access tokens', () => {
  it('give the caller back until they expire', async () => {
    const { accessToken, expiresAt } = await at(0).issue(caller);
    expect(await at(ACCESS_TOKEN_SECONDS - 1).read(accessToken)).toEqual(caller);
    expect(await at(ACCESS_TOKEN_SECONDS).read(accessToken)).toBeNull();
    expect(expiresAt).toEqual(later(ACCESS_TOKEN_SECONDS).now());
  });

  it('are refused when another key signed them', async () => {
    const { accessToken } = await createAccessTokens('cd'.repeat(32), later(0)).issue(caller);
    expect(await at(0).read(accessToken)).toBeNull();
  });

  it.each(['', 'not.a.token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiI3IiwiaXNzIjoidGFsa2lkZSJ9.'])(
    'are refused when they read %j',
    async (token) => expect(await at(0).read(token)).toBeNull(),
  );

  it('are refused when a claim is missing or unknown', async () => {
    const sign = (claims: Record<string, unknown>) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('talkide')
        .setSubject('7')
        .setExpirationTime(Math.floor(start.getTime() / 1000) + 60)
        .sign(Buffer.from(key, 'hex'));
    expect(await at(0).read(await sign({ tid: '8', sid: 's', role: 'USER' }))).not.toBeNull();
    expect(await at(0).read(await sign({ tid: '8', role: 'USER' }))).toBeNull();
    expect(await at(0).read(await sign({ tid: '8', sid: 's', role: 'ROOT' }))).toBeNull();
  });
});
