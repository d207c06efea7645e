import type { ConversationRow, TurnRow, Tx } from '../../platform/db/index.ts';
import { lockConversation } from '../conversation/conversation-store.ts';
import { type Kit, messageCreated, tell, turnUpdated } from '../kit.ts';
import { insertMessage, setTurnOfMessage } from '../messages/message-store.ts';
import { type NoticeCode, notices, noticeText } from '../messages/notices.ts';
import { findTurn, insertTurn } from '../turns/turn-store.ts';
import { localeOf } from '../worker/assignment.ts';
import { repairDecision } from './repair-policy.ts';
import type { RepairFacts } from './repair-prompt.ts';
import { repairsInARow, repairTurnsInARow, repairWaits, versionNumberOf } from './repair-store.ts';

/** A build that failed, as hosting tells it. */
export interface FailedBuild {
  tenantId: string;
  projectId: string;
  versionId: string;
  /** The turn whose version it was; null: the person's own edit. */
  turnId: string | null;
  fingerprint: string;
  logTail: string;
}

/**
 * A failed build goes back to Mara with its log, in the transaction that records the failure; the same error at most twice,
 * then the person is asked. What a person edited themselves is mended only when they ask for it.
 */
export async function queueRepair(kit: Kit, tx: Tx, failed: FailedBuild): Promise<void> {
  const { tenantId, projectId } = failed;
  const versionNumber = await versionNumberOf(tx, tenantId, failed.versionId);
  const turn = failed.turnId ? await findTurn(tx, tenantId, failed.turnId) : undefined;
  const conversation = await conversationFor(tx, failed, turn);
  if (!conversation || versionNumber === undefined) return;

  const facts: RepairFacts = { versionNumber, fingerprint: failed.fingerprint, logTail: failed.logTail };
  if (!turn) return say(kit, tx, conversation, 'build_failed', facts, null);
  // Without credit or above a cap Mara cannot mend it: the person goes on when she can.
  if (turn.refused_by) return say(kit, tx, conversation, 'build_failed', facts, turn.id);
  const { enabled: agentsOff } = await kit.killSwitch('agent-turns');
  if (agentsOff) return say(kit, tx, conversation, 'build_failed', facts, turn.id);
  // A repair that has not begun looks at the newest sources, so it covers this failure too.
  if (await repairWaits(tx, tenantId, projectId)) return;
  if (repairDecision(failed.fingerprint, await repairsInARow(tx, tenantId, projectId)) === 'ASK') {
    for (const failedRepair of await repairTurnsInARow(tx, tenantId, projectId)) await kit.waive(tx, failedRepair);
    return say(kit, tx, conversation, 'build_failed_again', facts, turn.id);
  }
  await repair(kit, tx, conversation, turn, facts);
}

/** The conversation of the turn, else the active one; locked. */
async function conversationFor(tx: Tx, failed: FailedBuild, turn: TurnRow | undefined) {
  const active = await tx
    .selectFrom('conversation')
    .select('id')
    .where('tenant_id', '=', failed.tenantId)
    .where('project_id', '=', failed.projectId)
    .where('status', '=', 'ACTIVE')
    .executeTakeFirst();
  const id = active?.id ?? turn?.conversation_id;
  return id && lockConversation(tx, failed.tenantId, id);
}

async function say(
  kit: Kit,
  tx: Tx,
  conversation: ConversationRow,
  code: NoticeCode,
  facts: RepairFacts,
  turnId: string | null,
): Promise<void> {
  const message = await insertNotice(tx, conversation, code, facts, turnId);
  await tell(tx, { tenantId: conversation.tenant_id, projectId: conversation.project_id }, [
    messageCreated(conversation.project_id, message),
  ]);
  kit.log.info({ projectId: conversation.project_id, version: facts.versionNumber, code }, 'A build failed');
}

async function insertNotice(
  tx: Tx,
  conversation: ConversationRow,
  code: NoticeCode,
  facts: RepairFacts,
  turnId: string | null,
  repairFacts?: RepairFacts,
) {
  const locale = await localeOf(tx, conversation.user_id);
  return insertMessage(tx, {
    tenantId: conversation.tenant_id,
    conversationId: conversation.id,
    turnId,
    role: 'SYSTEM',
    content: noticeText(code, locale, { version: facts.versionNumber }),
    payload: { type: 'notice', code, action: notices[code].action, turnId, repair: repairFacts },
  });
}

async function repair(kit: Kit, tx: Tx, conversation: ConversationRow, failedTurn: TurnRow, facts: RepairFacts) {
  const { tenant_id: tenantId, project_id: projectId } = conversation;
  const notice = await insertNotice(tx, conversation, 'build_failed_repairing', facts, failedTurn.id, facts);
  const turn = await insertTurn(tx, {
    tenantId,
    projectId,
    environmentId: failedTurn.environment_id,
    conversationId: conversation.id,
    userId: failedTurn.user_id,
    messageId: notice.id,
    kind: 'REPAIR',
  });
  const message = await setTurnOfMessage(tx, tenantId, notice.id, turn.id);
  await kit.signals.queued(tx, turn.environment_id);
  await tell(tx, { tenantId, projectId }, [messageCreated(projectId, message), turnUpdated(turn)]);
  await kit.projects.announce(tx, projectId);
  kit.log.info({ projectId, version: facts.versionNumber, turnId: turn.id }, 'A failed build goes back to Mara');
}
