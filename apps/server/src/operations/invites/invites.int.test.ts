import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { freshEmail, PASSWORD, peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { REDEMPTION_LIMIT } from './invites.ts';

const { db } = await testDatabase();
const { app, clock } = await peopleServer(db, { signUpMode: 'invite' });
const operator = new TestBrowser(app);
const { me } = await operator.signUp();

async function invite(email = freshEmail()) {
  const answer = await operator.call('POST', '/api/admin/invites', { body: { email } });
  expect(answer.status).toBe(201);
  return { ...answer.body, email, token: answer.body.url.split('#invite=')[1] };
}
const signUp = (inviteToken: string | undefined, browser = new TestBrowser(app)) =>
  browser.call('POST', '/api/auth/sign-up', {
    body: { email: freshEmail(), password: PASSWORD, name: 'Guest', inviteToken },
  });
const attempts = () =>
  db.system((tx) => tx.selectFrom('invite_redemption_attempt').select('result').orderBy('id').execute());
const statusOf = async (id: string) =>
  (await operator.call('GET', '/api/admin/invites')).body.items.find((one: { id: string }) => one.id === id)?.status;

describe('an invitation', () => {
  it('is mailed, lets one person in, and is counted', async () => {
    const { id, token, email, expiresAt, issuedAt } = await invite();
    expect(Date.parse(expiresAt) - Date.parse(issuedAt)).toBe(30 * 86_400_000);
    const mail = await db.system((tx) =>
      tx.selectFrom('mail').selectAll().where('recipient', '=', email).executeTakeFirstOrThrow(),
    );
    expect(mail.text_body).toContain(token);
    const guest = await signUp(token);
    expect(guest.status).toBe(201);
    const row = await db.system((tx) => tx.selectFrom('invite').selectAll().where('id', '=', id).executeTakeFirst());
    expect(row).toMatchObject({ status: 'CLAIMED', claimed_by_user_id: guest.body.me.id, issued_by_user_id: me.id });
    const quota = await db.system((tx) =>
      tx.selectFrom('user_invite_quota').selectAll().where('user_id', '=', me.id).executeTakeFirst(),
    );
    expect(quota).toMatchObject({ issued_count: 1, claimed_count: 1 });
    expect((await signUp(token)).body.code).toBe('invite_invalid');
    expect((await attempts()).map((one) => one.result)).toEqual(['OK', 'INVALID_TOKEN']);
  });

  it('lets one of two in who come at once', async () => {
    const { token } = await invite();
    const both = await Promise.all([signUp(token), signUp(token)]);
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 403]);
    const accounts = await db.system((tx) => tx.selectFrom('users').select('id').execute());
    const tenants = await db.system((tx) => tx.selectFrom('tenant').select('id').execute());
    expect(accounts.length).toBe(tenants.length);
  });

  it('is needed', async () => {
    const answer = await signUp(undefined);
    expect([answer.status, answer.body.code]).toEqual([403, 'invite_invalid']);
  });

  it('ends after 30 days', async () => {
    const { id, token } = await invite();
    clock.pass(30 * 86_400);
    expect((await signUp(token)).body.code).toBe('invite_invalid');
    expect((await attempts()).at(-1)?.result).toBe('EXPIRED');
    await operator.call('POST', '/api/auth/sign-in', { body: { email: me.email, password: PASSWORD } });
    expect((await operator.call('DELETE', `/api/admin/invites/${id}`)).body.code).toBe('invite_settled');
    expect(await statusOf(id)).toBe('EXPIRED');
  });

  it('can be revoked until it is used', async () => {
    const { id, token } = await invite();
    expect((await operator.call('DELETE', `/api/admin/invites/${id}`)).status).toBe(204);
    expect(await statusOf(id)).toBe('REVOKED');
    expect((await signUp(token)).body.code).toBe('invite_invalid');
    const again = await operator.call('DELETE', `/api/admin/invites/${id}`);
    expect([again.status, again.body.code]).toEqual([409, 'invite_settled']);
    expect((await operator.call('DELETE', '/api/admin/invites/999999')).status).toBe(404);
    const trail = await db.system((tx) => tx.selectFrom('operator_audit').select('action').orderBy('id').execute());
    expect(trail.slice(-2).map((one) => one.action)).toEqual(['invite.created', 'invite.revoked']);
  });

  it('cannot be guessed more than a few times an hour, however many tries come at once', async () => {
    const guesser = new TestBrowser(app);
    const { token } = await invite();
    const tries = Array.from({ length: REDEMPTION_LIMIT.max + 3 }, (_, n) => signUp(`guess ${n}`, guesser));
    const statuses = (await Promise.all(tries)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(REDEMPTION_LIMIT.max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    expect((await signUp(token, guesser)).status).toBe(429);
    expect((await attempts()).at(-1)?.result).toBe('RATE_LIMITED');
    clock.pass(REDEMPTION_LIMIT.windowSeconds);
    expect((await signUp(token, guesser)).status).toBe(201);
  });

  it('is listed in pages and refused without an email', async () => {
    await operator.call('POST', '/api/auth/sign-in', { body: { email: me.email, password: PASSWORD } });
    const first = (await operator.call('GET', '/api/admin/invites?limit=1')).body;
    const second = (await operator.call('GET', `/api/admin/invites?limit=1&cursor=${first.nextCursor}`)).body;
    expect(BigInt(second.items[0].id)).toBeLessThan(BigInt(first.items[0].id));
    expect((await operator.call('POST', '/api/admin/invites', { body: { email: 'nobody' } })).status).toBe(400);
    expect((await operator.call('GET', '/api/admin/invites?cursor=x')).status).toBe(400);
  });
});
