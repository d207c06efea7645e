import { describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { freshEmail, PASSWORD, peopleServer, TestBrowser } from '../testing/people/index.ts';
import { limits } from './limits/limits.ts';

const { db } = await testDatabase();
const { app, clock } = await peopleServer(db);
const closed = await peopleServer((await testDatabase()).db, { signUpMode: 'closed' });
const contested = await peopleServer((await testDatabase()).db, { signUpMode: 'closed' });
const browser = () => new TestBrowser(app);
const form = (changes = {}) => ({ email: freshEmail(), password: PASSWORD, name: 'Jana', ...changes });

describe('the first account', () => {
  it('is the operator, and only one of many at once is', async () => {
    expect((await browser().call('GET', '/api/auth/options')).body).toEqual({
      signUpMode: 'open',
      firstAccount: true,
      demoModel: true,
    });
    const all = await Promise.all(Array.from({ length: 6 }, () => browser().signUp()));
    expect(all.map((grant) => grant.me.role).sort()).toEqual(['ADMIN', 'USER', 'USER', 'USER', 'USER', 'USER']);
    expect((await browser().call('GET', '/api/auth/options')).body.firstAccount).toBe(false);
  });
});

describe('sign-up', () => {
  it('makes the account, its tenant, budget, preferences, quota and a session', async () => {
    const visitor = browser();
    const answer = await visitor.call('POST', '/api/auth/sign-up', { body: form({ email: 'Jana.Nova@example.com' }) });
    expect(answer.status).toBe(201);
    const { me } = answer.body;
    expect(me).toMatchObject({
      email: 'Jana.Nova@example.com',
      role: 'USER',
      locale: 'en',
      tenant: { slug: 'jana-nova' },
    });
    expect(me.sounds.masterVolume).toBe(70);
    const rows = await db.system((tx) =>
      tx
        .selectFrom('user_budget')
        .innerJoin('user_notification_preferences as wants', 'wants.user_id', 'user_budget.user_id')
        .innerJoin('user_invite_quota as quota', 'quota.user_id', 'user_budget.user_id')
        .select(['ai_credit_usd', 'ai_credit_initial_usd', 'wants.email_security_alerts', 'quota.issued_count'])
        .where('user_budget.user_id', '=', me.id)
        .executeTakeFirst(),
    );
    expect(Number(rows?.ai_credit_usd)).toBe(5);
    const entries = await db.system((tx) =>
      tx.selectFrom('credit_entry').select(['kind', 'source']).where('user_id', '=', me.id).execute(),
    );
    expect(entries).toEqual([{ kind: 'STARTING', source: `starting:${me.id}` }]);
    expect(rows).toMatchObject({ email_security_alerts: true, issued_count: 0 });
    expect((await visitor.call('GET', '/api/me')).body).toEqual(me);
  });

  it('keeps the refresh token in a cookie that scripts and other sites cannot reach', async () => {
    const { headers } = await browser().call('POST', '/api/auth/sign-up', { body: form() });
    expect(headers['set-cookie']).toMatch(
      /^talkide_refresh=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
  });

  it('gives every tenant a slug of its own, in parallel too, and none that is reserved', async () => {
    const emails = ['twin@a.example', 'twin@b.example', 'twin@c.example', 'admin@a.example', 'admin@b.example'];
    const all = await Promise.all(emails.map((email) => browser().signUp(email)));
    expect(all.map((grant) => grant.me.tenant.slug).sort()).toEqual(['admin-2', 'admin-3', 'twin', 'twin-2', 'twin-3']);
  });

  it('speaks the language that was chosen, or else the browser’s', async () => {
    const chosen = await browser().call('POST', '/api/auth/sign-up', { body: form({ locale: 'cs' }) });
    expect(chosen.body.me.locale).toBe('cs');
    const asked = await browser().call('POST', '/api/auth/sign-up', {
      body: form(),
      headers: { 'accept-language': 'cs-CZ,cs;q=0.9' },
    });
    expect(asked.body.me.locale).toBe('cs');
  });

  it('refuses an email that is taken, in any case, also when two come at once', async () => {
    const email = freshEmail('taken');
    const both = await Promise.all([
      browser().call('POST', '/api/auth/sign-up', { body: form({ email }) }),
      browser().call('POST', '/api/auth/sign-up', { body: form({ email: email.toUpperCase() }) }),
    ]);
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect(both.find((answer) => answer.status === 409)?.body.code).toBe('email_taken');
  });

  it.each([
    ['password123', 422, 'password_common'],
    ['heslo12345', 422, 'password_common'],
    ['short', 400, 'bad_request'],
    ['x'.repeat(129), 400, 'bad_request'],
  ])('refuses the password %s', async (password, status, code) => {
    const answer = await browser().call('POST', '/api/auth/sign-up', { body: form({ password }) });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses a password made of the email or the name', async () => {
    const own = await browser().call('POST', '/api/auth/sign-up', {
      body: form({ email: 'kralovazofie@example.com', password: 'kralovazofie1' }),
    });
    expect(own.body.code).toBe('password_common');
    const named = await browser().call('POST', '/api/auth/sign-up', {
      body: form({ name: 'Žofie Králová', password: 'zofiekralova' }),
    });
    expect(named.body.code).toBe('password_common');
  });

  it('refuses an address that has asked for too many known emails, says for how long, and lets it in again', async () => {
    const guesser = browser();
    const email = freshEmail('known');
    await browser().signUp(email);
    for (let n = 0; n < limits.takenSignUpByIp.max; n += 1) {
      expect((await guesser.call('POST', '/api/auth/sign-up', { body: form({ email }) })).status).toBe(409);
    }
    const refused = await guesser.call('POST', '/api/auth/sign-up', { body: form() });
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3000);
    clock.pass(limits.takenSignUpByIp.windowSeconds);
    expect((await guesser.call('POST', '/api/auth/sign-up', { body: form() })).status).toBe(201);
  });

  it('lets an address make accounts only up to its limit, however many calls come at once', async () => {
    const bulk = browser();
    const calls = Array.from({ length: limits.signUpByIp.max + 5 }, () => form());
    const answers = await Promise.all(calls.map((body) => bulk.call('POST', '/api/auth/sign-up', { body })));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(limits.signUpByIp.max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});

describe('a platform that is not open', () => {
  it('lets the first account in and nobody after', async () => {
    const [first, second] = [new TestBrowser(closed.app), new TestBrowser(closed.app)];
    expect((await first.signUp()).me.role).toBe('ADMIN');
    const answer = await second.call('POST', '/api/auth/sign-up', { body: form() });
    expect([answer.status, answer.body.code]).toEqual([403, 'sign_up_closed']);
  });

  it('lets one stranger in when several come at once to an empty one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        new TestBrowser(contested.app).call('POST', '/api/auth/sign-up', { body: form() }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 403, 403, 403]);
  });
});
