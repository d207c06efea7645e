import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { PASSWORD, peopleServer, TestBrowser } from '../../testing/people/index.ts';

const { db } = await testDatabase();
const { app, clock } = await peopleServer(db);
const NEW_PASSWORD = 'kolibrik na balkone';

async function signedIn() {
  const browser = new TestBrowser(app);
  return { browser, ...(await browser.signUp()) };
}

const mailsTo = (recipient: string) =>
  db.system((tx) => tx.selectFrom('mail').selectAll().where('recipient', '=', recipient).orderBy('id').execute());

const signIn = (email: string, password: string) =>
  new TestBrowser(app).call('POST', '/api/auth/sign-in', { body: { email, password } });

/** Asks for a reset and reads the token from the mail. */
async function resetToken(email: string): Promise<string> {
  const count = (await mailsTo(email)).length;
  expect((await new TestBrowser(app).call('POST', '/api/auth/password-reset', { body: { email } })).status).toBe(202);
  const mails = await vi.waitFor(async () => {
    const found = await mailsTo(email);
    expect(found.length).toBeGreaterThan(count);
    return found;
  }, 15_000);
  return /token=([\w-]{43})/.exec(mails.at(-1)?.text_body ?? '')?.[1] ?? '';
}
const confirm = (token: string, password: string) =>
  new TestBrowser(app).call('POST', '/api/auth/password-reset/confirm', { body: { token, password } });

describe('a password reset', () => {
  it('sets a new password, ends all sessions and says so by mail', async () => {
    const { browser, me } = await signedIn();
    expect((await confirm(await resetToken(me.email), NEW_PASSWORD)).status).toBe(204);
    expect((await browser.call('GET', '/api/me')).status).toBe(401);
    expect((await signIn(me.email, PASSWORD)).status).toBe(401);
    expect((await signIn(me.email, NEW_PASSWORD)).status).toBe(200);
    expect((await mailsTo(me.email)).map((mail) => mail.type)).toEqual(['password-reset', 'password-changed']);
  });

  it('answers the same for an email that nobody has, and mails nothing', async () => {
    const answer = await new TestBrowser(app).call('POST', '/api/auth/password-reset', {
      body: { email: 'no@example.com' },
    });
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    expect(await mailsTo('no@example.com')).toEqual([]);
  });

  it('takes a token once, also when it comes twice at once', async () => {
    const { me } = await signedIn();
    const token = await resetToken(me.email);
    const both = await Promise.all([confirm(token, NEW_PASSWORD), confirm(token, NEW_PASSWORD)]);
    expect(both.map((answer) => answer.status).sort()).toEqual([204, 422]);
    expect(both.find((answer) => answer.status === 422)?.body.code).toBe('reset_token_invalid');
  });

  it('takes a token for an hour', async () => {
    const { me } = await signedIn();
    const token = await resetToken(me.email);
    clock.pass(3600);
    expect((await confirm(token, NEW_PASSWORD)).body.code).toBe('reset_token_invalid');
  });

  it('voids the other links when one was used', async () => {
    const { me } = await signedIn();
    const [first, second] = [await resetToken(me.email), await resetToken(me.email)];
    expect((await confirm(second, NEW_PASSWORD)).status).toBe(204);
    expect((await confirm(first, NEW_PASSWORD)).body.code).toBe('reset_token_invalid');
  });

  it('refuses a common password and one made of the name, and the link still works', async () => {
    const { me } = await signedIn();
    const token = await resetToken(me.email);
    expect((await confirm(token, 'password123')).body.code).toBe('password_common');
    expect((await confirm(token, 'Test Person 1')).body.code).toBe('password_common');
    expect((await confirm(token, NEW_PASSWORD)).status).toBe(204);
  });

  it('keeps only the hash of the token', async () => {
    const { me } = await signedIn();
    const token = await resetToken(me.email);
    const rows = await db.system((tx) => tx.selectFrom('password_reset_token').select('token_hash').execute());
    expect(rows.every((row) => row.token_hash !== token)).toBe(true);
  });

  it('is mailed three times an hour to one email, known or not', async () => {
    const ask = () =>
      new TestBrowser(app).call('POST', '/api/auth/password-reset', { body: { email: 'often@example.com' } });
    for (let n = 0; n < 3; n += 1) expect((await ask()).status).toBe(202);
    const refused = await ask();
    expect([refused.status, refused.headers['retry-after'] !== undefined]).toEqual([429, true]);
  });

  it('lets an address guess tokens twenty times an hour', async () => {
    const guesser = new TestBrowser(app);
    const guess = () =>
      guesser.call('POST', '/api/auth/password-reset/confirm', { body: { token: 'a guess', password: NEW_PASSWORD } });
    const statuses = (await Promise.all(Array.from({ length: 22 }, guess))).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it.each(['/api/auth/password-reset', '/api/auth/password-reset/confirm'])('%s refuses what is no form', async (url) =>
    expect((await new TestBrowser(app).call('POST', url, { body: {} })).status).toBe(400),
  );
});

describe('a change of the password', () => {
  it('keeps this session and ends the others', async () => {
    const { browser, me } = await signedIn();
    const phone = new TestBrowser(app);
    await phone.call('POST', '/api/auth/sign-in', { body: { email: me.email, password: PASSWORD } });
    const form = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await browser.call('PUT', '/api/me/password', { body: form })).status).toBe(204);
    expect((await browser.call('GET', '/api/me')).status).toBe(200);
    expect((await browser.call('POST', '/api/auth/refresh')).status).toBe(200);
    expect((await phone.call('GET', '/api/me')).status).toBe(401);
    expect((await signIn(me.email, NEW_PASSWORD)).status).toBe(200);
  });

  it.each([
    ['not the password', NEW_PASSWORD, 401, 'credentials_wrong'],
    [PASSWORD, 'heslo12345', 422, 'password_common'],
    [PASSWORD, 'testperson22', 422, 'password_common'],
    [PASSWORD, 'short', 400, 'bad_request'],
  ])('from %s to %s is refused', async (currentPassword, newPassword, status, code) => {
    const { browser } = await signedIn();
    const answer = await browser.call('PUT', '/api/me/password', { body: { currentPassword, newPassword } });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('may fail ten times in a quarter of an hour', async () => {
    const { browser } = await signedIn();
    const form = { currentPassword: 'not the password', newPassword: NEW_PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 11 }, () => browser.call('PUT', '/api/me/password', { body: form })),
    );
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(1);
  });

  it('is for the signed-in', async () => {
    const form = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await new TestBrowser(app).call('PUT', '/api/me/password', { body: form })).status).toBe(401);
  });
});
