import { afterAll, describe, expect, it } from 'vitest';
import { createMailbox } from './mailbox.ts';
import { createSmtp } from './smtp.ts';
import { startSmtpServer } from './smtp-server.ts';
import type { Envelope, MailTransport } from './transport.ts';

const envelope: Envelope = {
  messageId: '<mail-7@talkide.test>',
  recipient: 'jana@example.com',
  subject: 'Zvolte si nové heslo',
  text: 'Žluťoučký kůň\n.\nkonec',
  html: '<p>Žluťoučký kůň</p>',
};
const from = 'TalkIDE <no-reply@talkide.test>';
const server = await startSmtpServer();
afterAll(server.close);

const transports: Record<string, () => MailTransport> = {
  mailbox: createMailbox,
  smtp: () => createSmtp({ url: `smtp://127.0.0.1:${server.port}`, from }),
};

describe.each(Object.entries(transports))('the transport %s', (_name, create) => {
  it('takes a mail with and without HTML, and tells the provider’s id or null', async () => {
    const transport = create();
    for (const html of [envelope.html, null]) {
      const id = await transport.send({ ...envelope, html });
      expect(id === null || id.length > 0).toBe(true);
    }
    transport.close();
  });

  it('takes mails at once', async () => {
    const transport = create();
    await Promise.all(Array.from({ length: 5 }, () => transport.send(envelope)));
    transport.close();
  });

  it('can be closed twice', () => {
    const transport = create();
    transport.close();
    expect(() => transport.close()).not.toThrow();
  });
});

describe('the transport smtp', () => {
  it('hands over sender, recipient, subject, both bodies and the id, and signs in', async () => {
    const transport = createSmtp({ url: `smtp://user:p%40ss@127.0.0.1:${server.port}`, from });
    const count = server.received.length;
    expect(await transport.send(envelope)).toBe('250 2.0.0 queued as 42');
    transport.close();
    const mail = server.received[count];
    expect(mail).toMatchObject({ from: 'no-reply@talkide.test', to: 'jana@example.com' });
    expect(mail?.data).toContain('Message-ID: <mail-7@talkide.test>');
    expect(mail?.data).toContain('From: TalkIDE <no-reply@talkide.test>');
    expect(mail?.data).toMatch(/Subject: =\?UTF-8\?/);
    expect(mail?.data).toContain('Content-Type: text/html');
    expect(server.credentials.at(-1)).toBe('\0user\0p@ss');
  });

  it('cannot be made to write to somebody else by an odd address', async () => {
    const transport = createSmtp({ url: `smtp://127.0.0.1:${server.port}`, from });
    const count = server.received.length;
    await transport.send({ ...envelope, recipient: 'a@example.com, b@example.com' }).catch(() => {});
    transport.close();
    expect(server.received.slice(count).map((mail) => mail.to)).not.toContain('b@example.com');
  });

  it.each([
    ['the recipient is refused', { RCPT: '550 5.1.1 no such person' }, '550'],
    ['the text is refused', { DATA: '451 4.3.0 try later' }, '451'],
    ['the sign-in is refused', { AUTH: '535 5.7.8 bad credentials' }, '535'],
  ])('throws when %s', async (_case, answers, words) => {
    const refusing = await startSmtpServer(answers);
    const transport = createSmtp({ url: `smtp://user:pass@127.0.0.1:${refusing.port}`, from });
    await expect(transport.send(envelope)).rejects.toThrow(words);
    transport.close();
    await refusing.close();
  });

  it('throws when nobody listens', async () => {
    const gone = await startSmtpServer();
    await gone.close();
    const transport = createSmtp({ url: `smtp://127.0.0.1:${gone.port}`, from });
    await expect(transport.send(envelope)).rejects.toThrow('ECONNREFUSED');
    transport.close();
  });
});
