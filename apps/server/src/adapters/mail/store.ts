import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import type { MailCategory } from '../../platform/mail.ts';
import { waitAfterAttempt } from './delivery.ts';

/** Takes the mail that has waited longest; nobody else gets it until its next attempt is due. */
export async function claimMail(tx: Tx, now: Date) {
  const due = await tx
    .selectFrom('mail')
    .selectAll()
    .where('status', '=', 'PENDING')
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!due) return null;
  const attempts = due.attempts + 1;
  await tx
    .updateTable('mail')
    .set({ attempts, next_attempt_at: new Date(now.getTime() + waitAfterAttempt(attempts)) })
    .where('id', '=', due.id)
    .execute();
  return { ...due, attempts };
}
export type ClaimedMail = NonNullable<Awaited<ReturnType<typeof claimMail>>>;

const columns = {
  billing: 'email_billing_alerts',
  security: 'email_security_alerts',
  product: 'email_product_updates',
} as const satisfies Record<MailCategory, string>;

/** Whether a person wants mail of a category; people without preferences do. */
export async function wantsMail(tx: Tx, userId: string, category: MailCategory): Promise<boolean> {
  const row = await tx
    .selectFrom('user_notification_preferences')
    .select(`${columns[category]} as wanted`)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.wanted ?? true;
}

export async function dropMail(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('mail').where('id', '=', id).where('status', '=', 'PENDING').execute();
}

export interface Outcome {
  status: 'SENT' | 'FAILED';
  providerMessageId: string | null;
  error: string | null;
  now: Date;
  keepTexts: boolean;
}

/** Ends a mail and logs it. A text that another mailbox holds now is dropped here: it may carry a secret link. */
export async function settleMail(tx: Tx, mail: ClaimedMail, outcome: Outcome): Promise<void> {
  const settled = await tx
    .updateTable('mail')
    .set({
      status: outcome.status,
      sent_at: outcome.status === 'SENT' ? outcome.now : null,
      ...(outcome.keepTexts ? {} : { text_body: '', html_body: null }),
    })
    .where('id', '=', mail.id)
    .where('status', '=', 'PENDING')
    .returning('id')
    .executeTakeFirst();
  if (!settled) return;
  await tx
    .insertInto('email_log')
    .values({
      type: mail.type,
      recipient: mail.recipient,
      subject: mail.subject,
      status: outcome.status,
      provider_message_id: outcome.providerMessageId,
      error: outcome.error,
      created_at: outcome.now,
    })
    .execute();
}

/** When the next waiting mail is due; null when none waits. */
export async function nextDue(tx: Tx): Promise<Date | null> {
  const row = await tx
    .selectFrom('mail')
    .select(sql<Date | null>`min(next_attempt_at)`.as('due'))
    .where('status', '=', 'PENDING')
    .executeTakeFirst();
  return row?.due ?? null;
}
