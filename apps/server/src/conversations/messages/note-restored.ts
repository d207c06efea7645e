import type { ProjectVersion } from '@talkide/contracts';
import type { ConversationRow, Tx } from '../../platform/db/index.ts';
import { findActive } from '../conversation/conversation-store.ts';
import { messageCreated, type ProjectScope, tell } from '../kit.ts';
import { localeOf } from '../worker/assignment.ts';
import { insertMessage } from './message-store.ts';
import { type NoticeCode, notices, noticeText } from './notices.ts';

export interface Restored {
  tenantId: string;
  projectId: string;
  locale: 'en' | 'cs';
  version: Pick<ProjectVersion, 'versionNumber' | 'restoredFrom' | 'dataStatus'>;
}

export interface DataProblem {
  tenantId: string;
  projectId: string;
  code: 'data_too_large' | 'data_unsaved' | 'data_gone' | 'data_unusable';
}

/** Marks in the talk where the project went back; in the transaction that does it, with the project locked. */
export async function noteRestored(tx: Tx, { version, locale, ...scope }: Restored): Promise<void> {
  const code = version.dataStatus === null ? 'restored' : 'restored_with_data';
  const facts = { version: version.versionNumber, from: version.restoredFrom ?? '' };
  await note(tx, scope, code, () => noticeText(code, locale, facts));
}

/** Says in the talk why the data did not come back; with the project locked. */
export const noteDataProblem = (tx: Tx, { code, ...scope }: DataProblem): Promise<void> =>
  note(tx, scope, code, async ({ user_id }) => noticeText(code, await localeOf(tx, user_id)));

async function note(
  tx: Tx,
  { tenantId, projectId }: ProjectScope,
  code: NoticeCode,
  text: (conversation: ConversationRow) => string | Promise<string>,
): Promise<void> {
  const conversation = await findActive(tx, tenantId, projectId);
  if (!conversation) return;
  const message = await insertMessage(tx, {
    tenantId,
    conversationId: conversation.id,
    turnId: null,
    role: 'SYSTEM',
    content: await text(conversation),
    payload: { type: 'notice', code, action: notices[code].action, turnId: null },
  });
  await tell(tx, { tenantId, projectId }, [messageCreated(projectId, message)]);
}
