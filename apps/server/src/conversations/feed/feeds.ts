import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../errors.ts';
import { type Delivered, type EventScope, lastEventId } from '../../platform/events.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { openSse, type SseStream } from '../../platform/http/sse.ts';
import type { Kit } from '../kit.ts';

const EVENT_ID = /^\d{1,18}$/;
/** Of one person at a time. A tab has one; each costs a connection, and a query whenever something happens. */
const MAX_FEEDS = 50;

interface OpenFeed {
  userId: string;
  sessionId: string;
  stream: SseStream;
}

export interface FeedRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  caller: Caller;
  /** From the query, for clients that cannot set the header. */
  lastEventId: string | undefined;
  /** Absent: all projects of the tenant. */
  projectId?: string;
}

/** Live-only events that the feed of all projects leaves out: it shows what goes on, not every word. */
const PROJECT_ONLY = new Set(['text.delta', 'text.snapshot', 'build.log']);

/** The open feeds of this process. */
export function createFeeds(kit: Kit) {
  const feeds = new Set<OpenFeed>();
  /** Feeds whose state is still being read: their session may end meanwhile. */
  const opening = new Set<{ userId: string; sessionId: string; ended: boolean }>();
  const countOf = (userId: string) => [...opening, ...feeds].filter((one) => one.userId === userId).length;
  kit.onSessionEnded((sessionId) => {
    for (const one of opening) if (one.sessionId === sessionId) one.ended = true;
    for (const feed of feeds) if (feed.sessionId === sessionId) feed.stream.close('session_ended');
  });

  /** Where the feed begins, and the environment that somebody looks at with it. */
  const begin = (feed: FeedRequest, scope: EventScope) =>
    kit.db.tenant(feed.caller.tenantId, async (tx) => {
      const { projectId } = feed;
      const project = projectId ? await kit.projects.get(tx, projectId) : null;
      if (projectId && !project) throw new DomainError('not_found');
      const start = resumeFrom(feed) ?? (await lastEventId(tx, scope));
      return { start, environmentId: project?.environment_id };
    });

  return {
    /** Answers with the events of a project or a tenant until either side ends it. */
    async open(feed: FeedRequest): Promise<void> {
      const { caller, projectId } = feed;
      const scope: EventScope = { tenantId: caller.tenantId, ...(projectId ? { projectId } : {}) };
      const { userId, sessionId } = caller;
      if (countOf(userId) >= MAX_FEEDS) throw new DomainError('too_many_feeds');
      const waiting = { userId, sessionId, ended: false };
      opening.add(waiting);
      const { start, environmentId } = await begin(feed, scope).finally(() => opening.delete(waiting));
      if (waiting.ended) throw new DomainError('unauthenticated');

      const stream = openSse(feed.request, feed.reply);
      const open: OpenFeed = { userId, sessionId, stream };
      feeds.add(open);
      const leave = environmentId ? kit.watching.begin(environmentId) : undefined;
      try {
        await pump(kit, stream, scope, start);
      } catch (error) {
        kit.log.error({ err: error, projectId }, 'A feed failed');
        stream.close('shutting_down');
      } finally {
        feeds.delete(open);
        leave?.();
      }
    },

    close(): void {
      for (const feed of feeds) feed.stream.close('shutting_down');
    },
  };
}

export type Feeds = ReturnType<typeof createFeeds>;

async function pump(kit: Kit, stream: SseStream, scope: EventScope, after: string): Promise<void> {
  const events = kit.hub.subscribe(scope, after, stream.closed);
  // Subscribed first: text that is written while the snapshots go out is not missed. Deltas say their offset, so a piece
  // that comes in both is taken once.
  let next = events.next();
  // Heard of below; while the snapshots go out nobody waits for it.
  next.catch(() => {});
  if (scope.projectId) {
    for (const snapshot of kit.liveText.snapshots(scope.projectId)) await stream.send({ data: snapshot });
  }
  for (let one = await next; !one.done; one = await next) {
    const deleted = await deliver(stream, scope, one.value);
    if (deleted) stream.close('project_deleted');
    next = events.next();
  }
}

async function deliver(stream: SseStream, scope: EventScope, { id, event }: Delivered): Promise<boolean> {
  if (scope.projectId === undefined && PROJECT_ONLY.has(event.type)) return false;
  await stream.send(id === undefined ? { data: event } : { id, data: event });
  return event.type === 'project.deleted' && event.projectId === scope.projectId;
}

/** The last event the client has; undefined: it begins now. */
function resumeFrom({ request, lastEventId: fromQuery }: FeedRequest): string | undefined {
  const given = request.headers['last-event-id'] ?? fromQuery;
  return typeof given === 'string' && EVENT_ID.test(given) ? given : undefined;
}
