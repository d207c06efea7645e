import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { createDueWork } from '../../platform/due-work.ts';
import { MAIL_CHANNEL, type MailCategory, mailTypes } from '../../platform/mail.ts';
import { MAX_ATTEMPTS, reasonOf } from './delivery.ts';
import { type ClaimedMail, claimMail, dropMail, nextDue, settleMail, wantsMail } from './store.ts';
import type { MailTransport } from './transport.ts';

export interface MailerDeps {
  db: Database;
  clock: Clock;
  transport: MailTransport;
  /** The host that ids of messages end in. */
  host: string;
  log: { warn(facts: object, message: string): void; error(facts: object, message: string): void };
}

/** Delivers the outbox; any number of processes may do so at once. */
export interface Mailer {
  /** Delivers everything that is due and resolves when nothing is. */
  deliverDue(): Promise<void>;
  /** Stops; a mail that is being handed over is finished first. */
  close(): Promise<void>;
}

/** Starts delivering: at once, when mail is queued, and when a retry is due. */
export async function createMailer(deps: MailerDeps): Promise<Mailer> {
  const { db, clock, log } = deps;
  const work = await createDueWork({
    ...{ db, clock, channel: MAIL_CHANNEL },
    doNext: () => deliverNext(deps),
    nextDue: () => db.system(nextDue),
    onError: (error) => log.error({ err: error }, 'mail cannot be delivered now'),
  });
  return {
    deliverDue: work.doDue,
    close: async () => {
      await work.close();
      deps.transport.close();
    },
  };
}

/** Delivers the next mail that is due; false when there is none. */
async function deliverNext(deps: MailerDeps): Promise<boolean> {
  const mail = await deps.db.system((tx) => claimMail(tx, deps.clock.now()));
  if (!mail) return false;
  if (await isWanted(deps.db, mail)) await handOver(deps, mail);
  else await deps.db.system((tx) => dropMail(tx, mail.id));
  return true;
}

async function isWanted(db: Database, mail: ClaimedMail): Promise<boolean> {
  const category = (mailTypes as Record<string, MailCategory | null>)[mail.type] ?? null;
  const { user_id: userId } = mail;
  return !category || !userId || db.system((tx) => wantsMail(tx, userId, category));
}

async function handOver({ db, clock, transport, host, log }: MailerDeps, mail: ClaimedMail): Promise<void> {
  const outcome = { providerMessageId: null, error: null, keepTexts: transport.keepsTexts };
  try {
    const providerMessageId = await transport.send({
      messageId: `<mail-${mail.id}@${host}>`,
      recipient: mail.recipient,
      subject: mail.subject,
      text: mail.text_body,
      html: mail.html_body,
    });
    await db.system((tx) => settleMail(tx, mail, { ...outcome, status: 'SENT', providerMessageId, now: clock.now() }));
  } catch (cause) {
    const error = reasonOf(cause);
    log.warn({ mail: mail.id, type: mail.type, attempt: mail.attempts, error }, 'a mail was not taken');
    if (mail.attempts < MAX_ATTEMPTS) return;
    await db.system((tx) => settleMail(tx, mail, { ...outcome, status: 'FAILED', error, now: clock.now() }));
  }
}
