import type { AgentRole, LiveText, WorkerEvent } from '@talkide/contracts';
import type { Locale } from './places.ts';

type Unnumbered<T> = T extends { seq: number } ? Omit<T, 'seq'> : never;
/** An event before it has its number. */
export type Said = Unnumbered<WorkerEvent>;

/** Where a turn's story stands. Text is held back until it is known whether a tool follows it. */
export type StoryState = {
  readonly locale: Locale;
  readonly cwd: string;
  /** Running delegations by tool-use id. */
  readonly tasks: ReadonlyMap<string, AgentRole>;
  /** Finished text by task (top level: empty key), not told yet. */
  readonly pending: ReadonlyMap<string, string>;
  /** Number of the newest live block; 0 before the first. */
  readonly block: number;
  /** Text of the block that is being written, lost if the call fails. */
  readonly streaming: string;
};

export type Told = { state: StoryState; events: Said[]; live: LiveText[] };

export const TOP = '';

/** The story before anything was said. */
export function emptyStory(locale: Locale, cwd: string): StoryState {
  return { locale, cwd, tasks: new Map(), pending: new Map(), block: 0, streaming: '' };
}

/** The same map with one key set, or removed when the value is undefined. */
export function withKey<V>(map: ReadonlyMap<string, V>, key: string, value: V | undefined): ReadonlyMap<string, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** Who speaks below a task. */
export function roleAt(state: StoryState, task: string): AgentRole {
  return state.tasks.get(task) ?? 'talkide-pm';
}

/** Bounds of the contract on texts. */
export const clip = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

type ActivityType = Extract<Said, { type: 'activity' }>['eventType'];

/** An activity without a tool. */
export function activity(
  agentRole: AgentRole,
  eventType: Exclude<ActivityType, 'TOOL_USE'>,
  task: string,
  description: string,
  payload: unknown = null,
): Said {
  return {
    type: 'activity',
    agentRole,
    eventType,
    taskKey: task === TOP ? null : task,
    description: clip(description, 4_000),
    toolName: null,
    toolCategory: null,
    toolSummary: null,
    payload,
  };
}
