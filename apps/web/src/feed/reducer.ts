import type { FeedEvent, Turn } from '@talkide/contracts';
import type { ById, LiveText, World } from './world';

type Of<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>;

const put = <T extends { id: string }>(rows: ById<T>, row: T): ById<T> => ({ ...rows, [row.id]: row });

const without = <T>(rows: ById<T>, drop: (row: T, key: string) => boolean): ById<T> =>
  Object.fromEntries(Object.entries(rows).filter(([key, row]) => !drop(row, key)));

const liveKey = (text: Pick<LiveText, 'turnId' | 'agentRole' | 'block'>): string =>
  `${text.turnId}:${text.agentRole}:${text.block}`;

const hasEnded = (turn: Turn): boolean => turn.status !== 'QUEUED' && turn.status !== 'RUNNING';

function applyTextDelta(world: World, event: Of<'text.delta'>): World {
  const key = liveKey(event);
  const before = world.liveTexts[key]?.text ?? '';
  // A piece that does not join on (one was missed) waits for the next snapshot; a repeated one changes nothing.
  if (event.offset > before.length) return world;
  const { turnId, projectId, agentRole, block } = event;
  const text = before.slice(0, event.offset) + event.text;
  if (text.length < before.length) return world;
  return { ...world, liveTexts: { ...world.liveTexts, [key]: { turnId, projectId, agentRole, block, text } } };
}

function applyTextSnapshot(world: World, event: Of<'text.snapshot'>): World {
  const key = liveKey(event);
  if (event.text === '') return { ...world, liveTexts: without(world.liveTexts, (_, at) => at === key) };
  const { turnId, projectId, agentRole, block, text } = event;
  return { ...world, liveTexts: { ...world.liveTexts, [key]: { turnId, projectId, agentRole, block, text } } };
}

function applyTurn(world: World, turn: Turn): World {
  const turns = put(world.turns, turn);
  if (!hasEnded(turn)) return { ...world, turns };
  return { ...world, turns, liveTexts: without(world.liveTexts, (text) => text.turnId === turn.id) };
}

function applyBuildLog(world: World, event: Of<'build.log'>): World {
  const before = world.buildLogs[event.buildId] ?? '';
  if (event.offset > before.length) return world;
  const log = before.slice(0, event.offset) + event.text;
  return log.length < before.length ? world : { ...world, buildLogs: { ...world.buildLogs, [event.buildId]: log } };
}

const applyProjectDeleted = (world: World, event: Of<'project.deleted'>): World => ({
  ...world,
  projects: without(world.projects, (project) => project.id === event.projectId),
  deletedProjects: { ...world.deletedProjects, [event.projectId]: true },
});

function applyTurnCost(world: World, event: Of<'turn.cost'>): World {
  const { costUsd, inputTokens, outputTokens } = event;
  return { ...world, costs: { ...world.costs, [event.turnId]: { costUsd, inputTokens, outputTokens } } };
}

type Reducers = { [T in FeedEvent['type']]: (world: World, event: Of<T>) => World };

const reducers: Reducers = {
  'project.updated': (world, { project }) => ({ ...world, projects: put(world.projects, project) }),
  'project.deleted': applyProjectDeleted,
  'conversation.updated': (world, { conversation }) => ({
    ...world,
    conversations: put(world.conversations, conversation),
  }),
  'message.created': (world, { message }) => ({ ...world, messages: put(world.messages, message) }),
  'message.updated': (world, { message }) => ({ ...world, messages: put(world.messages, message) }),
  'turn.updated': (world, { turn }) => applyTurn(world, turn),
  'activity.created': (world, { activity }) => ({ ...world, activities: put(world.activities, activity) }),
  'version.created': (world, { version }) => ({ ...world, versions: put(world.versions, version) }),
  'version.updated': (world, { version }) => ({ ...world, versions: put(world.versions, version) }),
  'build.updated': (world, { build }) => ({ ...world, builds: put(world.builds, build) }),
  'release.updated': (world, { release }) => ({ ...world, releases: put(world.releases, release) }),
  'text.delta': applyTextDelta,
  'text.snapshot': applyTextSnapshot,
  'build.log': applyBuildLog,
  'turn.cost': applyTurnCost,
  'feed.closed': (world, { reason }) => ({ ...world, closed: reason }),
};

/** The world after an event. Pure; an event of a kind this page does not know changes nothing. */
export function applyFeedEvent(world: World, event: FeedEvent): World {
  const reduce = reducers[event.type] as ((world: World, event: FeedEvent) => World) | undefined;
  return reduce ? reduce(world, event) : world;
}
