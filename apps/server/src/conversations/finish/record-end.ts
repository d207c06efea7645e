import type { MessageRow, TurnRow, Tx } from '../../platform/db/index.ts';
import { usd, usdText } from '../../platform/money.ts';
import { agentTexts } from '../activities/activity-store.ts';
import { closeTasks } from '../activities/close-tasks.ts';
import { lockConversation } from '../conversation/conversation-store.ts';
import { covers } from '../feed/said.ts';
import { type Kit, messageCreated, messageUpdated, scopeOf, tell, turnUpdated } from '../kit.ts';
import { insertMessage, messagesOfMara, setResult } from '../messages/message-store.ts';
import {
  capQuestion,
  closingText,
  type NoticeCode,
  notices,
  noticeText,
  pauseText,
  waivedText,
} from '../messages/notices.ts';
import type { TalkedProject, TreeCommit } from '../ports.ts';
import { retryDeadlock } from '../retry-deadlock.ts';
import { endTurn } from '../turns/turn-store.ts';
import { localeOf } from '../worker/assignment.ts';
import type { HeldTurn } from './finish-turn.ts';
import type { FailureCode, HaltCode, Outcome } from './outcome.ts';
import { resultOf } from './result-payload.ts';

export interface GoodEnd {
  project: TalkedProject;
  outcome: Exclude<Outcome, { kind: 'FAILED' }>;
  commit: TreeCommit | null;
  description: string;
}

/** Records a turn whose work is kept: its version and build, the result on Mara's last message, and why she halted. */
export async function recordEnd(kit: Kit, held: HeldTurn, end: GoodEnd): Promise<boolean> {
  const { commit, outcome, project } = end;
  const isPaused = outcome.kind === 'HALTED' && outcome.code === 'agents_paused';
  const pause = isPaused ? (await kit.killSwitch('agent-turns')).reason : '';
  return kit.write(held.tenant_id, async (tx) => {
    await lockConversation(tx, held.tenant_id, held.conversation_id, 'version');
    const turn = await endTurn(tx, leaseOf(held), {
      event: outcome.kind === 'SUCCEEDED' ? 'SUCCEED' : 'STOP',
      errorCode: outcome.kind === 'HALTED' ? outcome.code : null,
      resultCommit: commit?.commit ?? null,
      files: commit?.files ?? [],
    });
    if (!turn) return false;

    const { events } = await closeTasks(tx, turn, await localeOf(tx, turn.user_id));
    const unsaid = await insertUnsaid(kit, tx, turn);
    const closing = await closingMessage(tx, turn, outcome.kind, commit?.files.length ?? 0);
    const version =
      commit &&
      (await kit.projects.addVersion(tx, {
        project,
        ...commit,
        description: end.description,
        source: 'TURN',
        turnId: turn.id,
      }));
    const result = resultOf(turn, version?.versionNumber ?? null, commit?.files ?? []);
    const shown = closing && (await setResult(tx, turn.tenant_id, closing.row.id, result));
    if (version) await kit.requestBuild(tx, { project, version, turnId: turn.id });
    const halt = outcome.kind === 'HALTED' ? await insertHalt(tx, turn, outcome.code, pause) : null;

    await tell(tx, scopeOf(turn), [
      ...events,
      ...(unsaid && unsaid.id !== shown?.id ? [messageCreated(turn.project_id, unsaid)] : []),
      ...(shown
        ? [
            closing.isNew || shown.id === unsaid?.id
              ? messageCreated(turn.project_id, shown)
              : messageUpdated(turn.project_id, shown),
          ]
        : []),
      ...(halt ? [messageCreated(turn.project_id, halt)] : []),
    ]);
    await announceEnd(kit, tx, turn);
    // A new version has told how the project looks now.
    if (!version) await kit.projects.announce(tx, turn.project_id);
    return true;
  });
}

/** Records a turn that failed, with a notice that says why and what to press. */
export async function recordFailure(kit: Kit, held: HeldTurn, code: FailureCode): Promise<boolean> {
  // The cost is given back in the same transaction, and credit belongs to the system scope.
  return retryDeadlock(() =>
    kit.db.system(async (tx) => {
      await lockConversation(tx, held.tenant_id, held.conversation_id);
      const turn = await endTurn(tx, leaseOf(held), { event: 'FAIL', errorCode: code, resultCommit: null, files: [] });
      if (!turn) return false;
      const waived = await kit.waive(tx, turn);
      const { events } = await closeTasks(tx, turn, await localeOf(tx, turn.user_id));
      const unsaid = await insertUnsaid(kit, tx, turn);
      const notice = await insertFailureNotice(tx, turn, code, { waived });
      await tell(tx, scopeOf(turn), [
        ...events,
        ...(unsaid ? [messageCreated(turn.project_id, unsaid)] : []),
        messageCreated(turn.project_id, notice),
      ]);
      await announceEnd(kit, tx, turn);
      await kit.projects.announce(tx, turn.project_id);
      return true;
    }),
  );
}

/**
 * Says why a turn halted. At its cap Mara asks whether to go on: the answer is a new turn with a cap of its own. Where the
 * cap was too little for a first call, it would be for that turn too. `pause`: why the operator paused the agents.
 */
async function insertHalt(tx: Tx, turn: TurnRow, code: HaltCode, pause: string): Promise<MessageRow> {
  const locale = await localeOf(tx, turn.user_id);
  const cap = usdText(turn.cap_usd ?? '0', locale);
  if (code !== 'turn_cap' || usd(turn.charged_cost_usd).isZero()) {
    const text = noticeText(code, locale, { cap });
    return insertNotice(tx, turn, code, pause ? `${text} ${pauseText(locale, pause)}` : text);
  }
  const { question, options } = capQuestion(locale, cap);
  return insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'PM',
    content: question,
    payload: { type: 'question', question, options },
  });
}

/** The SYSTEM message of a failed turn; `waived`: its cost was given back. */
export async function insertFailureNotice(
  tx: Tx,
  turn: TurnRow,
  code: FailureCode,
  { waived }: { waived: boolean },
): Promise<MessageRow> {
  const locale = await localeOf(tx, turn.user_id);
  return insertNotice(
    tx,
    turn,
    code,
    [noticeText(code, locale), waived && waivedText(locale)].filter(Boolean).join(' '),
  );
}

async function insertNotice(tx: Tx, turn: TurnRow, code: NoticeCode, content: string): Promise<MessageRow> {
  return insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'SYSTEM',
    content,
    payload: { type: 'notice', code, action: notices[code].action, turnId: turn.id },
  });
}

const leaseOf = (turn: HeldTurn) => ({ tenantId: turn.tenant_id, id: turn.id, leaseToken: turn.lease_token });

async function announceEnd(kit: Kit, tx: Tx, turn: TurnRow): Promise<void> {
  await kit.signals.freed(tx, turn.environment_id);
  await kit.signals.stop(tx, turn.id);
  await tell(tx, scopeOf(turn), [turnUpdated(turn)]);
}

/** Keeps what Mara had said aloud when she was cut off. */
async function insertUnsaid(kit: Kit, tx: Tx, turn: TurnRow): Promise<MessageRow | undefined> {
  const text = kit.liveText.unfinishedText(turn.id, 'talkide-pm');
  if (text === '') return undefined;
  const said = await messagesOfMara(tx, turn.tenant_id, turn.id);
  const texts = [...said.map((one) => one.content), ...(await agentTexts(tx, turn.tenant_id, turn.id))];
  if (texts.some((one) => covers(one, text))) return undefined;
  return insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'PM',
    content: text,
  });
}

/**
 * The message that carries the result: Mara's last one, or a short one when she said nothing. A question keeps its options;
 * a turn that only asked has no result to show.
 */
async function closingMessage(tx: Tx, turn: TurnRow, outcome: GoodEnd['outcome']['kind'], files: number) {
  const said = await messagesOfMara(tx, turn.tenant_id, turn.id);
  const last = said.findLast((one) => one.kind === 'TEXT');
  if (last && (files > 0 || last === said.at(-1))) return { row: last, isNew: false };
  if (said.length > 0 && files === 0) return undefined;
  const row = await insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'PM',
    content: closingText(await localeOf(tx, turn.user_id), outcome === 'SUCCEEDED' ? outcome : 'STOPPED', files),
  });
  return { row, isNew: true };
}
