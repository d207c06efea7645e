import { conversationRoutes, Id } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { decodeCursor, toPage } from '../platform/http/cursor.ts';
import { listActivities } from './activities/activity-store.ts';
import { activityView } from './activities/activity-view.ts';
import { activeConversationView } from './conversation/active-view.ts';
import { findConversation, listConversations } from './conversation/conversation-store.ts';
import { conversationView } from './conversation/conversation-view.ts';
import { startConversation } from './conversation/start-conversation.ts';
import type { Feeds } from './feed/feeds.ts';
import type { Kit } from './kit.ts';
import { listMessages } from './messages/message-store.ts';
import { messageView } from './messages/message-view.ts';
import { sendMessage } from './messages/send-message.ts';
import { retryTurn } from './turns/retry-turn.ts';
import { stopTurn } from './turns/stop-turn.ts';
import { findTurn } from './turns/turn-store.ts';
import { turnView } from './turns/turn-view.ts';

const beforeId = (cursor: string | undefined): string | null => {
  const [id] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  if (id === undefined) return null;
  if (!Id.safeParse(id).success) throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
  return id;
};

/** Binds the routes of conversations, turns and feeds. */
export function bindRoutes(app: FastifyInstance, kit: Kit, feeds: Feeds): void {
  bindConversations(app, kit);
  bindTurns(app, kit);
  bindFeeds(app, feeds);
}

function bindConversations(app: FastifyInstance, kit: Kit): void {
  const { db } = kit;

  bind(app, conversationRoutes.getActiveConversation, ({ caller, params }) =>
    activeConversationView(kit, caller, params.id),
  );

  bind(app, conversationRoutes.listConversations, ({ caller: { tenantId }, params, query }) =>
    db.tenant(tenantId, async (tx) => {
      if (!(await kit.projects.get(tx, params.id))) throw new DomainError('not_found');
      const rows = await listConversations(tx, {
        tenantId,
        projectId: params.id,
        beforeId: beforeId(query.cursor),
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], conversationView);
    }),
  );

  bind(app, conversationRoutes.startConversation, ({ caller, params }) => startConversation(kit, caller, params.id));

  bind(app, conversationRoutes.listMessages, ({ caller: { tenantId }, params, query }) =>
    db.tenant(tenantId, async (tx) => {
      if (!(await findConversation(tx, tenantId, params.id))) throw new DomainError('not_found');
      const rows = await listMessages(tx, {
        tenantId,
        conversationId: params.id,
        beforeId: beforeId(query.cursor),
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], messageView);
    }),
  );

  bind(app, conversationRoutes.sendMessage, ({ caller, params, body, keep }) =>
    sendMessage(kit, caller, { conversationId: params.id, content: body.content, keep }),
  );

  bind(app, conversationRoutes.listActivities, ({ caller: { tenantId }, params, query }) =>
    db.tenant(tenantId, async (tx) => {
      if (!(await kit.projects.get(tx, params.id))) throw new DomainError('not_found');
      const rows = await listActivities(tx, {
        tenantId,
        projectId: params.id,
        ...(query.turnId ? { turnIds: [query.turnId] } : {}),
        beforeId: beforeId(query.cursor),
        limit: query.limit + 1,
      });
      return toPage(rows, query.limit, (row) => [row.id], activityView);
    }),
  );
}

function bindTurns(app: FastifyInstance, kit: Kit): void {
  bind(app, conversationRoutes.getTurn, ({ caller: { tenantId }, params }) =>
    kit.db.tenant(tenantId, async (tx) => {
      const turn = await findTurn(tx, tenantId, params.id);
      if (!turn) throw new DomainError('not_found');
      return turnView(turn);
    }),
  );
  bind(app, conversationRoutes.stopTurn, ({ caller, params }) => stopTurn(kit, caller.tenantId, params.id));
  bind(app, conversationRoutes.retryTurn, ({ caller, params }) => retryTurn(kit, caller, params.id));
}

function bindFeeds(app: FastifyInstance, feeds: Feeds): void {
  bind(app, conversationRoutes.projectFeed, ({ caller, params, query, request, reply }) =>
    feeds.open({ request, reply, caller, lastEventId: query.lastEventId, projectId: params.id }),
  );
  bind(app, conversationRoutes.studioFeed, ({ caller, query, request, reply }) =>
    feeds.open({ request, reply, caller, lastEventId: query.lastEventId }),
  );
}
