import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { PASSWORD, peopleServer, startPeopleServer, TestBrowser } from '../../testing/people/index.ts';
import { ACCESS_TOKEN_SECONDS } from '../tokens/access-token.ts';
import { REFRESH_TOKEN_DAYS, ROTATION_GRACE_MS } from '../tokens/rotation.ts';

const { db } = await testDatabase();
const { app, identity, clock } = await peopleServer(db);
const other = await peopleServer(db);
const GRACE_SECONDS = ROTATION_GRACE_MS / 1000;

async function signedIn() {
  const browser = new TestBrowser(app);
  const grant = await browser.signUp();
  return { browser, ...grant };
}
const refresh = (browser: TestBrowser, headers?: Record<string, string>) =>
  browser.call('POST', '/api/auth/refresh', { headers });

describe('sign-in', () => {
  it('opens a session of its own', async () => {
    const { browser, me } = await signedIn();
    const other = new TestBrowser(app);
    const answer = await other.call('POST', '/api/auth/sign-in', {
      body: { email: me.email.toUpperCase(), password: PASSWORD },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.me).toEqual(me);
    expect((await browser.call('GET', '/api/me/sessions')).body.items).toHaveLength(2);
  });

  it('answers a wrong password and an unknown email alike', async () => {
    const { me } = await signedIn();
    const form = (email: string) => ({ email, password: 'not the password' });
    const wrong = await new TestBrowser(app).call('POST', '/api/auth/sign-in', { body: form(me.email) });
    const unknown = await new TestBrowser(app).call('POST', '/api/auth/sign-in', { body: form('nobody@example.com') });
    const shown = ({ status, body }: typeof wrong) => ({
      status,
      ...body,
      requestId: '',
      facts: { ...body.facts, requestId: '' },
    });
    expect(shown(wrong)).toEqual(shown(unknown));
    expect([wrong.status, wrong.body.code]).toEqual([401, 'credentials_wrong']);
  });

  it('refuses what is no form', async () => {
    expect((await new TestBrowser(app).call('POST', '/api/auth/sign-in', { body: { email: 'x' } })).status).toBe(400);
  });

  it('counts failures by email, exactly, however many come at once; success counts nothing', async () => {
    const { me } = await signedIn();
    const guess = (password: string) =>
      new TestBrowser(app).call('POST', '/api/auth/sign-in', { body: { email: me.email, password } });
    for (let n = 0; n < 12; n += 1) expect((await guess(PASSWORD)).status).toBe(200);
    const statuses = (await Promise.all(Array.from({ length: 15 }, () => guess('wrong')))).map((one) => one.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await guess(PASSWORD)).status).toBe(429);
  });

  it('counts failures by address', async () => {
    const guesser = new TestBrowser(app);
    const guess = (n: number) =>
      guesser.call('POST', '/api/auth/sign-in', { body: { email: `victim${n}@example.com`, password: 'wrong' } });
    const statuses = (await Promise.all(Array.from({ length: 55 }, (_, n) => guess(n)))).map((one) => one.status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});

describe('refresh', () => {
  it('gives a new access token and the next cookie', async () => {
    const { browser, me } = await signedIn();
    const before = { cookie: browser.cookie, token: browser.token };
    clock.pass(1);
    const answer = await refresh(browser);
    expect(answer.status).toBe(200);
    expect(answer.body.me).toEqual(me);
    expect(browser.cookie).not.toBe(before.cookie);
    expect(browser.token).not.toBe(before.token);
    expect((await browser.call('GET', '/api/me')).status).toBe(200);
  });

  it('keeps SHA-256 of the token and not the token', async () => {
    const { browser } = await signedIn();
    const rows = await db.system((tx) => tx.selectFrom('refresh_token').select('token_hash').execute());
    expect(rows.every((row) => /^[0-9a-f]{64}$/.test(row.token_hash))).toBe(true);
    expect(rows.some((row) => row.token_hash === browser.cookie)).toBe(false);
  });

  it.each([{ 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site' }])(
    'refuses a call from another page (%j)',
    async (headers) => {
      const { browser } = await signedIn();
      expect((await refresh(browser, headers)).body.code).toBe('origin_refused');
      expect((await browser.call('POST', '/api/auth/sign-out', { headers })).body.code).toBe('origin_refused');
      expect((await refresh(browser)).status).toBe(200);
    },
  );

  it('refuses a missing and an unknown cookie, and clears it', async () => {
    const stranger = new TestBrowser(app);
    expect((await refresh(stranger)).body.code).toBe('session_ended');
    stranger.cookie = 'made-up';
    expect([(await refresh(stranger)).status, stranger.cookie]).toEqual([401, null]);
  });

  it('works for 14 days after the last one', async () => {
    const { browser } = await signedIn();
    clock.pass(REFRESH_TOKEN_DAYS * 86_400 - 60);
    expect((await refresh(browser)).status).toBe(200);
    clock.pass(REFRESH_TOKEN_DAYS * 86_400);
    expect((await refresh(browser)).status).toBe(401);
  });

  it('answers tabs that race with the same next token', async () => {
    const { browser } = await signedIn();
    const tabs = Array.from({ length: 5 }, () => {
      const tab = new TestBrowser(app);
      tab.cookie = browser.cookie;
      return tab;
    });
    const answers = await Promise.all(tabs.map((tab) => refresh(tab)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(tabs.map((tab) => tab.cookie)).size).toBe(1);
  });

  it('ends the session when a rotated token is used again, and its access tokens at once', async () => {
    const { browser, me } = await signedIn();
    const elsewhere = new TestBrowser(app);
    await elsewhere.call('POST', '/api/auth/sign-in', { body: { email: me.email, password: PASSWORD } });
    const thief = new TestBrowser(app);
    thief.cookie = browser.cookie;
    await refresh(browser);
    clock.pass(GRACE_SECONDS);
    expect((await refresh(thief)).body.code).toBe('session_ended');
    expect((await browser.call('GET', '/api/me')).status).toBe(401);
    expect((await refresh(browser)).status).toBe(401);
    expect((await elsewhere.call('GET', '/api/me')).status).toBe(200);
  });
});

describe('refresh, in any order of uses', () => {
  it('never leaves a session with two current tokens', async () => {
    const step = fc.record({ token: fc.nat({ max: 8 }), wait: fc.constantFrom(0, 1, GRACE_SECONDS, 3600) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const { browser } = await signedIn();
        const known = [browser.cookie ?? ''];
        for (const { token, wait } of steps) {
          clock.pass(wait);
          browser.cookie = known[token % known.length] ?? '';
          const answer = await refresh(browser);
          if (answer.status === 200 && browser.cookie && !known.includes(browser.cookie)) known.push(browser.cookie);
          const { sid } = JSON.parse(Buffer.from((browser.token ?? '').split('.')[1] ?? '', 'base64url').toString());
          const current = await db.system((tx) =>
            tx
              .selectFrom('refresh_token')
              .select('id')
              .where('family_id', '=', sid)
              .where('revoked_at', 'is', null)
              .execute(),
          );
          expect(current).toHaveLength(answer.status === 200 ? 1 : 0);
          if (answer.status !== 200) break;
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('the end of a session', () => {
  it('comes with sign-out: cookie gone, tokens refused at once, listeners told once', async () => {
    const { browser } = await signedIn();
    const ended = vi.fn();
    const stop = identity.onSessionEnded(ended);
    const answer = await browser.call('POST', '/api/auth/sign-out');
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toContain('Expires=Thu, 01 Jan 1970');
    expect((await browser.call('GET', '/api/me')).status).toBe(401);
    expect(ended).toHaveBeenCalledOnce();
    stop();
  });

  it('is no trouble to somebody who has none', async () => {
    expect((await new TestBrowser(app).call('POST', '/api/auth/sign-out')).status).toBe(204);
  });

  it('reaches the other processes', async () => {
    const { browser } = await signedIn();
    const ended = vi.fn();
    other.identity.onSessionEnded(ended);
    await browser.call('POST', '/api/auth/sign-out');
    // It may hear of ends in earlier tests meanwhile.
    await vi.waitFor(async () => expect(await other.identity.authenticate(browser.token ?? '')).toBeNull(), 15_000);
    expect(ended).toHaveBeenCalled();
  });

  it('is remembered by a process that starts later', async () => {
    const { browser } = await signedIn();
    await browser.call('POST', '/api/auth/sign-out');
    const later = await startPeopleServer(db);
    expect(await later.identity.authenticate(browser.token ?? '')).toBeNull();
    await later.close();
  });

  it('comes to access tokens by themselves after ten minutes', async () => {
    const { browser } = await signedIn();
    clock.pass(ACCESS_TOKEN_SECONDS);
    expect((await browser.call('GET', '/api/me')).body.code).toBe('unauthenticated');
  });
});

describe('the list of sessions', () => {
  it('shows where one is signed in and lets one sign a device out, only one’s own', async () => {
    const { browser, me } = await signedIn();
    const phone = new TestBrowser(app);
    await phone.call('POST', '/api/auth/sign-in', { body: { email: me.email, password: PASSWORD } });
    await refresh(phone);
    const { items } = (await browser.call('GET', '/api/me/sessions')).body;
    expect(items).toHaveLength(2);
    expect(items.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    const phones = items.find((one: { current: boolean }) => !one.current);
    expect(phones).toMatchObject({ userAgent: 'Test browser', ip: phone.ip });

    const stranger = await signedIn();
    expect((await stranger.browser.call('DELETE', `/api/me/sessions/${phones.id}`)).status).toBe(404);
    expect((await browser.call('DELETE', `/api/me/sessions/${phones.id}`)).status).toBe(204);
    expect((await phone.call('GET', '/api/me')).status).toBe(401);
    expect((await browser.call('DELETE', `/api/me/sessions/${phones.id}`)).status).toBe(404);
    expect((await browser.call('DELETE', '/api/me/sessions/not-an-id')).status).toBe(404);
  });

  it.each(['GET /api/me', 'GET /api/me/sessions', 'DELETE /api/me/sessions/5c1c8f8e-5f3c-4b57-9b64-5f0c7d5b8a11'])(
    '%s is for the signed-in',
    async (route) => {
      const [method, url] = route.split(' ') as ['GET', string];
      expect((await new TestBrowser(app).call(method, url)).body.code).toBe('unauthenticated');
    },
  );
});
