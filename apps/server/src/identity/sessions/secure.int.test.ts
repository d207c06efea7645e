import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { freshEmail, PASSWORD, peopleServer, TestBrowser } from '../../testing/people/index.ts';

const { db, adminUrl } = await testDatabase();
const { app } = await peopleServer(db, { publicUrl: 'https://talkide.test' });
const other = await peopleServer(db);

describe('on https', () => {
  it('the cookie is one that no other host can set', async () => {
    const form = { email: freshEmail(), password: PASSWORD, name: 'Jana' };
    const { headers } = await new TestBrowser(app).call('POST', '/api/auth/sign-up', { body: form });
    expect(headers['set-cookie']).toMatch(
      /^__Host-talkide_refresh=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('the page is known by its origin where the browser says nothing else', async () => {
    const form = { email: freshEmail(), password: PASSWORD, name: 'Jana' };
    const { headers } = await new TestBrowser(app).call('POST', '/api/auth/sign-up', { body: form });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    const refresh = (origin: string) =>
      app.inject({ method: 'POST', url: '/api/auth/refresh', headers: { cookie, origin, host: 'talkide.test' } });
    expect((await refresh('https://guests.talkide.test')).statusCode).toBe(403);
    expect((await refresh('https://talkide.test')).statusCode).toBe(200);
  });
});

describe('a process that hears no notifications for a while', () => {
  it('reads what it missed', async () => {
    const browser = new TestBrowser(other.app);
    await browser.signUp();
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'talkide-listen'",
    );
    await admin.query('update refresh_token set revoked_at = now()');
    await admin.end();
    await vi.waitFor(async () => expect(await other.identity.authenticate(browser.token ?? '')).toBeNull(), 15_000);
  });
});
