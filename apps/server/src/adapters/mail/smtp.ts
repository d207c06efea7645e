import nodemailer from 'nodemailer';
import type { MailTransport } from './transport.ts';

const SECOND = 1000;

/** Mail through an SMTP server; `url` is smtp:// (STARTTLS where offered) or smtps://, with credentials if it wants any. */
export function createSmtp(options: { url: string; from: string }): MailTransport {
  const server = new URL(options.url);
  const secure = server.protocol === 'smtps:';
  const transporter = nodemailer.createTransport({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (secure ? 465 : 587),
    secure,
    ...(server.username
      ? { auth: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) } }
      : {}),
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    socketTimeout: 30 * SECOND,
  });
  return {
    keepsTexts: false,
    async send({ messageId, recipient, subject, text, html }) {
      const sent = await transporter.sendMail({
        from: options.from,
        to: { name: '', address: recipient },
        subject,
        text,
        messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...(html === null ? {} : { html }),
      });
      return sent.response.slice(0, 200);
    },
    close: () => transporter.close(),
  };
}
