import type { AgentRole, LiveEvent } from '@talkide/contracts';

type Delta = Extract<LiveEvent, { type: 'text.delta' }>;
type Snapshot = Extract<LiveEvent, { type: 'text.snapshot' }>;

export interface OpenBlock {
  projectId: string;
  turnId: string;
  agentRole: AgentRole;
  block: number;
  text: string;
}

/** Most that is kept of one block, in UTF-16 units; whoever connects later sees the text once it is stored. */
const MAX_BLOCK_UNITS = 200_000;

/**
 * What the agents of running turns are saying just now, so that a browser that connects in mid-sentence sees the sentence
 * from its start. Fed by the live events that every process hears.
 */
export class LiveTextBuffer {
  readonly #turns = new Map<string, Map<string, OpenBlock>>();

  take(event: LiveEvent): void {
    if (event.type === 'text.delta') this.#append(event);
    if (event.type === 'text.snapshot') this.#replace(event);
  }

  /** The blocks being written in a project, as events for a feed that has just opened. */
  snapshots(projectId: string): Snapshot[] {
    return [...this.#turns.values()]
      .flatMap((blocks) => [...blocks.values()])
      .filter((one) => one.projectId === projectId)
      .map((one) => ({ type: 'text.snapshot', ...one }));
  }

  /** What an agent of a turn has said that is not stored yet. */
  unfinishedText(turnId: string, agentRole: AgentRole): string {
    const blocks = [...(this.#turns.get(turnId)?.values() ?? [])].filter((one) => one.agentRole === agentRole);
    return blocks
      .sort((a, b) => a.block - b.block)
      .map((one) => one.text)
      .join('\n\n')
      .trim();
  }

  /** The blocks of a turn that are being written. */
  openBlocks(turnId: string): OpenBlock[] {
    return [...(this.#turns.get(turnId)?.values() ?? [])];
  }

  forget(turnId: string): void {
    this.#turns.delete(turnId);
  }

  #append(event: Delta): void {
    const blocks = this.#turns.get(event.turnId) ?? new Map<string, OpenBlock>();
    const key = `${event.agentRole} ${event.block}`;
    const text = blocks.get(key)?.text ?? '';
    // A gap: this process began to listen in mid-block. Half a sentence is worse than none.
    if (event.offset > text.length) return;
    const joined = text.slice(0, event.offset) + event.text;
    if (joined.length > MAX_BLOCK_UNITS || joined.length < text.length) return;
    const { projectId, turnId, agentRole, block } = event;
    blocks.set(key, { projectId, turnId, agentRole, block, text: joined });
    this.#turns.set(turnId, blocks);
  }

  #replace({ projectId, turnId, agentRole, block, text }: Snapshot): void {
    const key = `${agentRole} ${block}`;
    if (text !== '') {
      const blocks = this.#turns.get(turnId) ?? new Map<string, OpenBlock>();
      blocks.set(key, { projectId, turnId, agentRole, block, text });
      this.#turns.set(turnId, blocks);
      return;
    }
    const blocks = this.#turns.get(turnId);
    blocks?.delete(key);
    if (blocks?.size === 0) this.#turns.delete(turnId);
  }
}
