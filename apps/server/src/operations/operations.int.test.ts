import { describe, expect, it, vi } from 'vitest';
import { queueMail } from '../platform/mail.ts';
import { testDatabase } from '../testing/index.ts';
import { peopleServer, TestBrowser } from '../testing/people/index.ts';
import { createKillSwitches } from './kill-switches/kill-switches.ts';

const { db } = await testDatabase();
const { app, operations, clock } = await peopleServer(db);
const [operator, person, visitor] = [new TestBrowser(app), new TestBrowser(app), new TestBrowser(app)];
const { me } = await operator.signUp();
await person.signUp();

const audited = (action: string) =>
  db.system((tx) => tx.selectFrom('operator_audit').selectAll().where('action', '=', action).orderBy('id').execute());

describe('the routes of the operator', () => {
  it.each([
    ['GET', '/api/admin/mails', undefined],
    ['GET', '/api/admin/mails/1', undefined],
    ['GET', '/api/admin/runtime', undefined],
    ['GET', '/api/admin/kill-switches', undefined],
    ['PUT', '/api/admin/kill-switches/publish', { enabled: true }],
    ['GET', '/api/admin/invites', undefined],
    ['POST', '/api/admin/invites', { email: 'a@example.com' }],
    ['DELETE', '/api/admin/invites/1', undefined],
  ] as const)('%s %s is for her only', async (method, url, body) => {
    expect((await visitor.call(method, url, { body })).status).toBe(401);
    const refused = await person.call(method, url, { body });
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  });

  it('tell whether agents and applications may run', async () => {
    const answer = await operator.call('GET', '/api/admin/runtime');
    expect([answer.status, answer.body.status]).toEqual([200, 'available']);
  });
});

describe('the mailbox', () => {
  it('lists mail in pages, newest first, and shows one', async () => {
    for (const subject of ['first', 'second', 'third']) {
      const mail = { userId: me.id, type: 'invite', recipient: me.email, subject, text: 'Text', html: '<p>' } as const;
      await db.system((tx) => queueMail(tx, mail));
    }
    const page = (await operator.call('GET', '/api/admin/mails?limit=2')).body;
    expect(page.items.map((mail: { subject: string }) => mail.subject)).toEqual(['third', 'second']);
    const next = (await operator.call('GET', `/api/admin/mails?limit=2&cursor=${page.nextCursor}`)).body;
    expect(next.items.map((mail: { subject: string }) => mail.subject)).toEqual(['first']);
    expect(next.nextCursor).toBeNull();
    const shown = await operator.call('GET', `/api/admin/mails/${page.items[0].id}`);
    expect(shown.body).toEqual({ ...page.items[0], text: 'Text', html: '<p>' });
  });

  it.each([
    ['/api/admin/mails/999999', 404],
    ['/api/admin/mails/x', 404],
    ['/api/admin/mails?cursor=x', 400],
    [`/api/admin/mails?cursor=${Buffer.from('["x"]').toString('base64url')}`, 400],
  ])('%s is %i', async (url, status) => expect((await operator.call('GET', url)).status).toBe(status));
});

describe('kill switches', () => {
  it('are all listed, off to begin with', async () => {
    const { items } = (await operator.call('GET', '/api/admin/kill-switches')).body;
    expect(items).toEqual(
      ['sign-up', 'agent-turns', 'publish'].map((key) => ({ key, enabled: false, reason: '', updatedAt: null })),
    );
  });

  it('are thrown and released, which is written down', async () => {
    const url = '/api/admin/kill-switches/publish';
    const thrown = await operator.call('PUT', url, { body: { enabled: true, reason: 'An attack' } });
    expect(thrown.body).toMatchObject({ key: 'publish', enabled: true, reason: 'An attack' });
    expect(await operations.killSwitch('publish')).toEqual({ enabled: true, reason: 'An attack' });
    expect(await operations.killSwitch('agent-turns')).toEqual({ enabled: false, reason: '' });
    expect((await operator.call('PUT', url, { body: { enabled: false } })).body.enabled).toBe(false);
    expect(await operations.killSwitch('publish')).toEqual({ enabled: false, reason: '' });
    const entries = await audited('kill-switch.set');
    expect(entries.map((entry) => [entry.user_id, entry.details_json])).toEqual([
      [me.id, { key: 'publish', enabled: true, reason: 'An attack' }],
      [me.id, { key: 'publish', enabled: false, reason: '' }],
    ]);
  });

  it('thrown in another process work here within a second', async () => {
    await operations.killSwitch('publish');
    await db.system((tx) => tx.updateTable('platform_kill_switch').set({ enabled: true }).execute());
    clock.pass(1);
    expect((await operations.killSwitch('publish')).enabled).toBe(true);
  });

  it('thrown by another process of the platform work here at once', async () => {
    const here = createKillSwitches(db, () => 0);
    await here.state('publish');
    const elsewhere = createKillSwitches(db);
    for (const enabled of [true, false]) {
      await elsewhere.set(me.id, { key: 'publish', enabled, reason: '' });
      await vi.waitFor(async () => expect((await here.state('publish')).enabled).toBe(enabled), 15_000);
    }
  });

  it('stop sign-up', async () => {
    const form = { email: 'late@example.com', password: 'teapot orbit lantern', name: 'Late' };
    const url = '/api/admin/kill-switches/sign-up';
    await operator.call('PUT', url, { body: { enabled: true, reason: 'Full' } });
    expect((await visitor.call('GET', '/api/auth/options')).body.signUpMode).toBe('closed');
    expect((await new TestBrowser(app).call('POST', '/api/auth/sign-up', { body: form })).body.code).toBe(
      'sign_up_closed',
    );
    await operator.call('PUT', url, { body: { enabled: false } });
    expect((await new TestBrowser(app).call('POST', '/api/auth/sign-up', { body: form })).status).toBe(201);
  });

  it('with another name do not exist, and take only what fits', async () => {
    const unknown = await operator.call('PUT', '/api/admin/kill-switches/everything', { body: { enabled: true } });
    expect(unknown.status).toBe(404);
    expect((await operator.call('PUT', '/api/admin/kill-switches/publish', { body: {} })).status).toBe(400);
  });
});
