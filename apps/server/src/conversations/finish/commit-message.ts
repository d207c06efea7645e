import type { TurnRow } from '../../platform/db/index.ts';
import type { Kit } from '../kit.ts';
import { findMessage } from '../messages/message-store.ts';
import { titleFrom } from '../messages/title.ts';

/** What a turn's commit and version are called: the person's words, or what was repaired. */
export async function commitMessage(kit: Pick<Kit, 'db'>, turn: TurnRow): Promise<string> {
  const message = await kit.db.tenant(turn.tenant_id, async (tx) =>
    turn.message_id ? findMessage(tx, turn.tenant_id, turn.message_id) : undefined,
  );
  if (turn.kind === 'REPAIR') return 'Repair the build';
  return titleFrom(message?.content ?? '') || 'A turn of Mara';
}
