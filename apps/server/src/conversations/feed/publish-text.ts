import type { AgentRole, LiveText } from '@talkide/contracts';
import type { TurnRow } from '../../platform/db/index.ts';
import { notifyLive, publishLive } from '../../platform/events.ts';
import type { Kit } from '../kit.ts';
import { covers } from './said.ts';

export type LiveTexts = readonly LiveText[];

/** Something an agent said, as it is stored: it ends the live text that said the same. */
export interface Said {
  agentRole: AgentRole;
  text: string;
}

type TurnKey = Pick<TurnRow, 'id' | 'tenant_id' | 'project_id'>;

/** Passes text on as it is written. */
export async function publishDeltas(kit: Kit, turn: TurnKey, live: LiveTexts): Promise<void> {
  const deltas = live.filter((delta) => delta.text !== '');
  if (deltas.length === 0) return;
  await kit.db.system(async (tx) => {
    for (const delta of deltas) {
      const event = { type: 'text.delta' as const, projectId: turn.project_id, turnId: turn.id, ...delta };
      await notifyLive(tx, kit.db, turn.tenant_id, event);
    }
  });
}

/**
 * Ends the live blocks whose text is stored now. `live`: deltas that came with it and that the notifications may not have
 * brought back to this process yet.
 */
export async function endSaidBlocks(kit: Kit, turn: TurnKey, said: readonly Said[], live: LiveTexts): Promise<void> {
  if (said.length === 0) return;
  const blocks = new Map<string, { agentRole: AgentRole; block: number; text: string }>();
  for (const one of kit.liveText.openBlocks(turn.id)) blocks.set(`${one.agentRole} ${one.block}`, one);
  for (const { agentRole, block, text } of live) {
    const key = `${agentRole} ${block}`;
    if (!blocks.has(key)) blocks.set(key, { agentRole, block, text });
  }
  for (const { agentRole, block, text } of blocks.values()) {
    const stored = said.some((one) => one.agentRole === agentRole && covers(one.text, text));
    if (stored) await endBlock(kit, turn, agentRole, block);
  }
}

/** Ends all live blocks of a turn. */
export async function endAllBlocks(kit: Kit, turn: TurnKey): Promise<void> {
  for (const { agentRole, block } of kit.liveText.openBlocks(turn.id)) await endBlock(kit, turn, agentRole, block);
  kit.liveText.forget(turn.id);
}

async function endBlock(kit: Kit, turn: TurnKey, agentRole: AgentRole, block: number): Promise<void> {
  await publishLive(kit.db, turn.tenant_id, {
    type: 'text.snapshot',
    projectId: turn.project_id,
    turnId: turn.id,
    agentRole,
    block,
    text: '',
  });
}
