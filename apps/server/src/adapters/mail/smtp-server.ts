import { createServer, type Socket } from 'node:net';

interface ReceivedMail {
  from: string;
  to: string;
  /** Headers and body as they came. */
  data: string;
}

/** A small SMTP server for tests on a free port of loopback; `answers` change what it says to a command. */
export async function startSmtpServer(answers: Partial<Record<'RCPT' | 'DATA' | 'AUTH', string>> = {}) {
  const received: ReceivedMail[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    let mail: ReceivedMail = { from: '', to: '', data: '' };
    let pending = '';
    let inData = false;
    say('220 test ESMTP');
    socket.on('data', (chunk) => {
      pending += chunk.toString('utf8');
      for (;;) {
        const end = pending.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = pending.slice(0, end);
        pending = pending.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          received.push({ ...mail, data: text });
          mail = { from: '', to: '', data: '' };
          say('250 2.0.0 queued as 42');
          continue;
        }
        const [verb = ''] = text.toUpperCase().split(/[ :]/);
        if (verb === 'EHLO') say('250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME');
        else if (verb === 'AUTH') {
          credentials.push(Buffer.from(text.split(' ')[2] ?? '', 'base64').toString());
          say(answers.AUTH ?? '235 2.7.0 welcome');
        } else if (verb === 'MAIL') {
          mail.from = /<(.*?)>/.exec(text)?.[1] ?? '';
          say('250 ok');
        } else if (verb === 'RCPT') {
          mail.to = /<(.*?)>/.exec(text)?.[1] ?? '';
          say(answers.RCPT ?? '250 ok');
        } else if (verb === 'DATA') {
          inData = answers.DATA === undefined;
          say(answers.DATA ?? '354 go on');
        } else if (verb === 'QUIT') {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    port: address.port,
    received,
    credentials,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
