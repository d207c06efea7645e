import type { Tx } from '../../platform/db/index.ts';

const summary = ['id', 'type', 'recipient', 'subject', 'status', 'created_at'] as const;

/** Mail, newest first, below an id. */
export async function listMails(tx: Tx, page: { before: string | null; limit: number }) {
  const { before } = page;
  return tx
    .selectFrom('mail')
    .select(summary)
    .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

export async function findMail(tx: Tx, id: string) {
  return tx
    .selectFrom('mail')
    .select([...summary, 'text_body', 'html_body'])
    .where('id', '=', id)
    .executeTakeFirst();
}
