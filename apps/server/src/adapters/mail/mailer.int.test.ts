import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type MailType, queueMail } from '../../platform/mail.ts';
import { createTenant, testDatabase } from '../../testing/index.ts';
import { TestClock } from '../../testing/people/index.ts';
import { MAX_ATTEMPTS, waitAfterAttempt } from './delivery.ts';
import { createMailbox } from './mailbox.ts';
import { createMailer, type Mailer } from './mailer.ts';
import type { Envelope, MailTransport } from './transport.ts';

const { db } = await testDatabase();
const clock = new TestClock();
const log = pino({ enabled: false });
const running: Mailer[] = [];

/** A provider that keeps what it gets and fails while it is told to. */
class Provider implements MailTransport {
  readonly keepsTexts = false;
  readonly taken: Envelope[] = [];
  fails = false;
  async send(envelope: Envelope): Promise<string> {
    if (this.fails) throw new Error('451 try later');
    this.taken.push(envelope);
    return `id-${this.taken.length}`;
  }
  close(): void {}
}

async function start(transport: MailTransport): Promise<Mailer> {
  const mailer = await createMailer({ db, clock, transport, host: 'talkide.test', log });
  running.push(mailer);
  return mailer;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((mailer) => mailer.close()));
  await db.system((tx) => tx.deleteFrom('mail').execute());
  await db.system((tx) => tx.deleteFrom('email_log').execute());
});

const queue = (subject: string, userId: string | null = null, type: MailType = 'invite') =>
  db.system((tx) => queueMail(tx, { userId, type, recipient: 'jana@example.com', subject, text: 'Text', html: '<p>' }));
const mails = () => db.system((tx) => tx.selectFrom('mail').selectAll().orderBy('id').execute());
const logged = () => db.system((tx) => tx.selectFrom('email_log').selectAll().orderBy('id').execute());
const settled = (count: number) => vi.waitFor(async () => expect(await logged()).toHaveLength(count), 15_000);

describe('delivery of mail', () => {
  it('begins when a mail is queued, and logs it', async () => {
    const provider = new Provider();
    await start(provider);
    await queue('Hello');
    await settled(1);
    expect(provider.taken[0]).toMatchObject({ subject: 'Hello', recipient: 'jana@example.com', text: 'Text' });
    const [mail] = await mails();
    expect(provider.taken[0]?.messageId).toBe(`<mail-${mail?.id}@talkide.test>`);
    expect(mail).toMatchObject({ status: 'SENT', attempts: 1 });
    expect(mail?.sent_at).not.toBeNull();
    expect(await logged()).toMatchObject([
      { type: 'invite', status: 'SENT', provider_message_id: 'id-1', error: null },
    ]);
  });

  it('takes mail that was queued while nobody delivered', async () => {
    await queue('Early');
    await start(new Provider());
    await settled(1);
  });

  it('keeps texts where the outbox is the mailbox, and drops them where a provider has them', async () => {
    await start(createMailbox());
    await queue('Kept');
    await settled(1);
    await Promise.all(running.splice(0).map((mailer) => mailer.close()));
    await start(new Provider());
    await queue('Dropped');
    await settled(2);
    const [kept, dropped] = await mails();
    expect([kept?.text_body, kept?.html_body]).toEqual(['Text', '<p>']);
    expect([dropped?.text_body, dropped?.html_body]).toEqual(['', null]);
    expect((await logged())[0]?.provider_message_id).toBeNull();
  });

  it('is tried again later and later, and fails for good in the end', async () => {
    const provider = new Provider();
    provider.fails = true;
    await queue('Refused');
    const mailer = await start(provider);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await vi.waitFor(async () => {
        await mailer.deliverDue();
        expect((await mails())[0]?.attempts).toBe(attempt);
      }, 15_000);
      await mailer.deliverDue();
      expect((await mails())[0]).toMatchObject({ attempts: attempt });
      clock.pass(waitAfterAttempt(attempt) / 1000 + 1);
    }
    await settled(1);
    expect((await mails())[0]?.status).toBe('FAILED');
    expect(await logged()).toMatchObject([{ status: 'FAILED', error: '451 try later' }]);
  });

  it('goes on when the provider is back', async () => {
    const provider = new Provider();
    provider.fails = true;
    await queue('Patient');
    const mailer = await start(provider);
    await vi.waitFor(async () => expect((await mails())[0]?.attempts).toBe(1), 15_000);
    provider.fails = false;
    clock.pass(waitAfterAttempt(1) / 1000 + 1);
    await mailer.deliverDue();
    expect(provider.taken).toHaveLength(1);
    await settled(1);
  });

  it('hands each mail over once, however many deliver', async () => {
    const provider = new Provider();
    const mailers = await Promise.all([start(provider), start(provider), start(provider)]);
    for (let n = 0; n < 20; n += 1) await queue(`mail ${n}`);
    await Promise.all(mailers.map((mailer) => mailer.deliverDue()));
    await settled(20);
    expect(new Set(provider.taken.map((one) => one.subject)).size).toBe(20);
    expect(provider.taken).toHaveLength(20);
  });

  it('is up to the person’s preferences, but for what she asked for', async () => {
    const { userId } = await createTenant(db, { email: 'quiet@example.com' });
    await db.system((tx) =>
      tx
        .insertInto('user_notification_preferences')
        .values({ user_id: userId, email_security_alerts: false })
        .execute(),
    );
    const provider = new Provider();
    await queue('Unwanted', userId, 'password-changed');
    await queue('Asked for', userId, 'password-reset');
    await start(provider);
    await settled(1);
    expect(provider.taken.map((one) => one.subject)).toEqual(['Asked for']);
    expect((await mails()).map((mail) => mail.subject)).toEqual(['Asked for']);
  });

  it('can be queued by a tenant for its own people only', async () => {
    const mine = await createTenant(db, { email: 'mine@example.com' });
    const theirs = await createTenant(db, { email: 'theirs@example.com' });
    const mail = { type: 'invite', recipient: 'x@example.com', subject: 'S', text: 'T', html: 'H' } as const;
    await db.tenant(mine.tenantId, (tx) => queueMail(tx, { ...mail, userId: mine.userId }));
    await expect(
      db.tenant(mine.tenantId, (tx) => queueMail(tx, { ...mail, userId: theirs.userId })),
    ).rejects.toMatchObject({ code: '42501' });
    expect(await mails()).toHaveLength(1);
  });
});

describe('the wait after an attempt', () => {
  it('grows to an hour', () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => waitAfterAttempt(n) / 1000)).toEqual([30, 120, 480, 1920, 3600, 3600]);
  });
});
