import type { MailTransport } from './transport.ts';

/** The embedded default: a mail stays in the outbox, which the operator reads as a mailbox. */
export function createMailbox(): MailTransport {
  return { keepsTexts: true, send: async () => null, close: () => {} };
}
