import { ResultPayload } from '@talkide/contracts';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { messageUpdated, scopeOf, tell, turnUpdated } from '../kit.ts';
import { messagesOfMara, setResult } from '../messages/message-store.ts';
import { hasEnded } from '../turns/transitions.ts';
import { resultOf } from './result-payload.ts';

/** Brings the result of an ended turn up to date when a call that was under way has cost something since. */
export async function costChanged(tx: Tx, turn: TurnRow): Promise<void> {
  if (!hasEnded(turn.status)) return;
  const messages = await messagesOfMara(tx, turn.tenant_id, turn.id);
  const closing = messages.findLast((one) => ResultPayload.safeParse(one.payload_json).success);
  const earlier = ResultPayload.safeParse(closing?.payload_json).data;
  const updated =
    closing &&
    earlier &&
    (await setResult(tx, turn.tenant_id, closing.id, resultOf(turn, earlier.versionNumber, earlier.files)));
  await tell(tx, scopeOf(turn), [...(updated ? [messageUpdated(turn.project_id, updated)] : []), turnUpdated(turn)]);
}
