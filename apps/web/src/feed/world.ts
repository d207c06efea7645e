import type {
  Activity,
  AgentRole,
  Build,
  Conversation,
  FeedClose,
  Message,
  Project,
  ProjectVersion,
  Release,
  Turn,
} from '@talkide/contracts';
import type { z } from 'zod';

export type ById<T> = Readonly<Record<string, T>>;

/** Text that an agent is writing right now. */
export interface LiveText {
  turnId: string;
  projectId: string;
  agentRole: AgentRole;
  block: number;
  text: string;
}

export interface TurnCost {
  costUsd: string;
  inputTokens: number;
  outputTokens: number;
}

/** All that a feed has told; one shape for the Studio (many projects) and the workspace (one). */
export interface World {
  projects: ById<Project>;
  deletedProjects: ById<true>;
  conversations: ById<Conversation>;
  messages: ById<Message>;
  turns: ById<Turn>;
  activities: ById<Activity>;
  versions: ById<ProjectVersion>;
  builds: ById<Build>;
  releases: ById<Release>;
  /** By `turnId:agentRole:block`. */
  liveTexts: ById<LiveText>;
  /** By turn. */
  costs: ById<TurnCost>;
  /** Build logs as they stream, by build. */
  buildLogs: ById<string>;
  closed: z.infer<typeof FeedClose>['reason'] | null;
}

export const emptyWorld: World = {
  projects: {},
  deletedProjects: {},
  conversations: {},
  messages: {},
  turns: {},
  activities: {},
  versions: {},
  builds: {},
  releases: {},
  liveTexts: {},
  costs: {},
  buildLogs: {},
  closed: null,
};

/** Rows by id, as the reducer keeps them. */
export const byId = <T extends { id: string }>(rows: readonly T[]): ById<T> =>
  Object.fromEntries(rows.map((row) => [row.id, row]));

/** Values in the order of their (numeric) ids. */
export const inOrder = <T extends { id: string }>(rows: ById<T>): T[] =>
  Object.values(rows).sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
