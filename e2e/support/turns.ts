import type { FeedEvent } from '@talkide/contracts';

/** The agents of a turn have begun to work. */
export const isAtWork = (event: FeedEvent): event is FeedEvent =>
  event.type === 'text.delta' || event.type === 'activity.created';

export const hasEnded =
  (turnId: string) =>
  (event: FeedEvent): event is Extract<FeedEvent, { type: 'turn.updated' }> =>
    event.type === 'turn.updated' &&
    event.turn.id === turnId &&
    ['SUCCEEDED', 'FAILED', 'STOPPED'].includes(event.turn.status);
