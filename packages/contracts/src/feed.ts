import { z } from 'zod';
import { Activity, AgentRole, Conversation, Message, Turn } from './conversations.ts';
import { Project } from './projects.ts';
import { Id } from './route.ts';
import { Build, ProjectVersion, Release } from './versions.ts';

/** Events that are rows of `event` and carry an id in the stream. */
export const StoredEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('project.updated'), project: Project }),
  z.object({ type: z.literal('project.deleted'), projectId: Id }),
  z.object({ type: z.literal('conversation.updated'), conversation: Conversation }),
  z.object({ type: z.literal('message.created'), projectId: Id, message: Message }),
  /** The message got its result (files, cost). */
  z.object({ type: z.literal('message.updated'), projectId: Id, message: Message }),
  z.object({ type: z.literal('turn.updated'), turn: Turn }),
  z.object({ type: z.literal('activity.created'), activity: Activity }),
  z.object({ type: z.literal('version.created'), version: ProjectVersion }),
  z.object({ type: z.literal('version.updated'), version: ProjectVersion }),
  z.object({ type: z.literal('build.updated'), build: Build }),
  z.object({ type: z.literal('release.updated'), release: Release }),
]);
export type StoredEvent = z.infer<typeof StoredEvent>;

/** Events that are live only: no id, never stored. */
export const LiveEvent = z.discriminatedUnion('type', [
  /** Text of an agent as it is written. `offset` is the length of what came before in this block (UTF-16 units). */
  z.object({
    type: z.literal('text.delta'),
    projectId: Id,
    turnId: Id,
    agentRole: AgentRole,
    block: z.number().int(),
    offset: z.number().int(),
    text: z.string(),
  }),
  /** The block so far: sent on connecting in mid-turn; replaces what the client holds. Empty text ends the block. */
  z.object({
    type: z.literal('text.snapshot'),
    projectId: Id,
    turnId: Id,
    agentRole: AgentRole,
    block: z.number().int(),
    text: z.string(),
  }),
  z.object({ type: z.literal('build.log'), projectId: Id, buildId: Id, offset: z.number().int(), text: z.string() }),
  /** Cost of the running turn so far. */
  z.object({
    type: z.literal('turn.cost'),
    projectId: Id,
    turnId: Id,
    costUsd: z.string(),
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
  }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;

/** The last thing a feed says, with the reason. */
export const FeedClose = z.object({
  type: z.literal('feed.closed'),
  reason: z.enum(['session_ended', 'shutting_down', 'too_slow', 'project_deleted']),
});

export const FeedEvent = z.union([StoredEvent, LiveEvent, FeedClose]);
export type FeedEvent = z.infer<typeof FeedEvent>;
