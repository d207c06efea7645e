import type { StoredEvent } from '@talkide/contracts';
import type { MessageRow, TurnRow, Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { LiveTextBuffer } from './feed/live-text.ts';
import { messageView } from './messages/message-view.ts';
import type { ConversationsDeps, Timings } from './ports.ts';
import type { TurnSignals } from './turns/signals.ts';
import { turnView } from './turns/turn-view.ts';
import type { Watching } from './watching.ts';

/** What the parts of this module share. */
export interface Kit extends ConversationsDeps {
  timings: Timings;
  signals: TurnSignals;
  liveText: LiveTextBuffer;
  watching: Watching;
  /** A transaction of a tenant that writes: run again after a deadlock. */
  write<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface ProjectScope {
  tenantId: string;
  projectId: string;
}

export const scopeOf = (turn: Pick<TurnRow, 'tenant_id' | 'project_id'>): ProjectScope => ({
  tenantId: turn.tenant_id,
  projectId: turn.project_id,
});

/** Appends events. They come last in a transaction: the feed's lock is held until its commit. */
export async function tell(tx: Tx, scope: ProjectScope, events: readonly StoredEvent[]): Promise<void> {
  for (const event of events) await appendEvent(tx, scope, event);
}

export const messageCreated = (projectId: string, row: MessageRow): StoredEvent => ({
  type: 'message.created',
  projectId,
  message: messageView(row),
});

export const messageUpdated = (projectId: string, row: MessageRow): StoredEvent => ({
  type: 'message.updated',
  projectId,
  message: messageView(row),
});

export const turnUpdated = (row: TurnRow): StoredEvent => ({ type: 'turn.updated', turn: turnView(row) });
