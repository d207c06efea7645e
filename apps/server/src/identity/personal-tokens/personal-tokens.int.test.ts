import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';

const { db } = await testDatabase();
const { app, identity, clock } = await peopleServer(db);

async function signedIn() {
  const browser = new TestBrowser(app);
  return { browser, ...(await browser.signUp()) };
}

describe('personal tokens', () => {
  it('are shown once, kept as a hash, and stand for their person', async () => {
    const { browser, me } = await signedIn();
    const made = await browser.call('POST', '/api/me/tokens', { body: { name: 'Laptop' } });
    expect(made.status).toBe(201);
    const { token, ...shown } = made.body;
    expect(token).toMatch(/^tk_[0-9a-f]{40}$/);
    expect(token.startsWith(shown.prefix)).toBe(true);
    const listed = await browser.call('GET', '/api/me/tokens');
    expect(listed.body.items).toEqual([shown]);
    expect(await identity.authenticatePersonalToken(token)).toMatchObject({ userId: me.id, tenantId: me.tenant.id });
    const [row] = await db.system((tx) => tx.selectFrom('personal_token').selectAll().execute());
    expect(JSON.stringify(row)).not.toContain(token);
    expect((await browser.call('GET', '/api/me/tokens')).body.items[0].lastUsedAt).not.toBeNull();
  });

  it('stop when they expire', async () => {
    const { browser } = await signedIn();
    const { token } = (await browser.call('POST', '/api/me/tokens', { body: { name: 'CI', expiresInDays: 1 } })).body;
    expect(await identity.authenticatePersonalToken(token)).not.toBeNull();
    clock.pass(86_400);
    expect(await identity.authenticatePersonalToken(token)).toBeNull();
    await browser.call('POST', '/api/auth/refresh');
    expect((await browser.call('GET', '/api/me/tokens')).body.items).toEqual([]);
  });

  it('stop when they are revoked, by their own person only', async () => {
    const [{ browser }, stranger] = [await signedIn(), await signedIn()];
    const { id, token } = (await browser.call('POST', '/api/me/tokens', { body: { name: 'Old' } })).body;
    expect((await stranger.browser.call('DELETE', `/api/me/tokens/${id}`)).status).toBe(404);
    expect((await stranger.browser.call('GET', '/api/me/tokens')).body.items).toEqual([]);
    expect((await browser.call('DELETE', `/api/me/tokens/${id}`)).status).toBe(204);
    expect(await identity.authenticatePersonalToken(token)).toBeNull();
    expect((await browser.call('DELETE', `/api/me/tokens/${id}`)).status).toBe(404);
  });

  it('are fifty at most', async () => {
    const { browser } = await signedIn();
    for (let n = 0; n < 50; n += 1) await browser.call('POST', '/api/me/tokens', { body: { name: `token ${n}` } });
    const answer = await browser.call('POST', '/api/me/tokens', { body: { name: 'one more' } });
    expect([answer.status, answer.body.code]).toEqual([409, 'too_many_tokens']);
  });

  it.each(['', 'tk_', `tk_${'0'.repeat(40)}`, 'eyJhbGciOiJIUzI1NiJ9.e30.x'])('%j stands for nobody', async (token) =>
    expect(await identity.authenticatePersonalToken(token)).toBeNull(),
  );

  it('are no access tokens', async () => {
    const { browser } = await signedIn();
    browser.token = (await browser.call('POST', '/api/me/tokens', { body: { name: 'git' } })).body.token;
    expect((await browser.call('GET', '/api/me')).status).toBe(401);
  });

  it('refuse what does not fit and who is not signed in', async () => {
    const { browser } = await signedIn();
    expect((await browser.call('POST', '/api/me/tokens', { body: { name: '', expiresInDays: 0 } })).status).toBe(400);
    const visitor = new TestBrowser(app);
    expect((await visitor.call('GET', '/api/me/tokens')).status).toBe(401);
    expect((await visitor.call('POST', '/api/me/tokens', { body: { name: 'x' } })).status).toBe(401);
    expect((await visitor.call('DELETE', '/api/me/tokens/1')).status).toBe(401);
  });
});
