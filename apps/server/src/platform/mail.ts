import { sql } from 'kysely';
import type { Tx } from './db/index.ts';

/** The channel that wakes whoever delivers mail. */
export const MAIL_CHANNEL = 'talkide_mail';

/** A preference of the person that decides whether she gets mail of a kind. */
export type MailCategory = 'billing' | 'security' | 'product';

/** Every kind of mail, with the preference that turns it off; null for mail that somebody asked for. */
export const mailTypes = {
  'password-reset': null,
  'password-changed': 'security',
  'budget-alert': 'billing',
  invite: null,
} as const satisfies Record<string, MailCategory | null>;
export type MailType = keyof typeof mailTypes;

export interface OutgoingMail {
  /** Whose preferences count; null for people without an account. */
  userId: string | null;
  type: MailType;
  recipient: string;
  subject: string;
  text: string;
  html: string;
}

/** Puts a mail into the outbox, in the commit it tells about. Within a tenant's scope it must name one of its people. */
export async function queueMail(tx: Tx, mail: OutgoingMail): Promise<void> {
  await tx
    .insertInto('mail')
    .values({
      user_id: mail.userId,
      type: mail.type,
      recipient: mail.recipient,
      subject: mail.subject,
      text_body: mail.text,
      html_body: mail.html,
    })
    .execute();
  await sql`select pg_notify(${MAIL_CHANNEL}, '')`.execute(tx);
}
