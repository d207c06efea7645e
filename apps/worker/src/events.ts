import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { AgentRole } from '@talkide/contracts';
import { ASK_TOOL, Ask } from './ask-tool.ts';
import { activity, clip, roleAt, type Said, type StoryState, TOP, type Told, withKey } from './event-state.ts';
import { tellTool } from './summaries.ts';

/** Raw tool inputs are kept for the operator up to this many characters. */
const MAX_PAYLOAD_CHARS = 20_000;
const MAX_MESSAGE_CHARS = 200_000;

const told = (state: StoryState, events: Said[] = []): Told => ({ state, events, live: [] });

type ToolUse = { id: string; name: string; input: Record<string, unknown> };

/** Its id is the model's own, so that what happened can be held against what the upstream was asked for. */
function payloadOf({ id, input }: ToolUse): unknown {
  const text = JSON.stringify(input);
  return { id, input: text.length > MAX_PAYLOAD_CHARS ? { truncated: text.slice(0, MAX_PAYLOAD_CHARS) } : input };
}

/** Text that a tool follows was said in passing: it becomes an activity. */
function flush(state: StoryState, task: string): { state: StoryState; events: Said[] } {
  const text = state.pending.get(task);
  if (text === undefined) return { state, events: [] };
  return {
    state: { ...state, pending: withKey(state.pending, task, undefined) },
    events: [activity(roleAt(state, task), 'AGENT_MESSAGE', task, text)],
  };
}

function addText(state: StoryState, task: string, text: string): StoryState {
  if (text.trim() === '') return state;
  const before = state.pending.get(task);
  return { ...state, pending: withKey(state.pending, task, before === undefined ? text : `${before}\n\n${text}`) };
}

/** The question takes Mara's last words with it, as one message. */
function toldQuestion(state: StoryState, use: ToolUse): Told {
  const asked = Ask.safeParse(use.input);
  if (!asked.success) return told(state);
  const content = clip(state.pending.get(TOP) ?? asked.data.question, MAX_MESSAGE_CHARS);
  return told({ ...state, pending: withKey(state.pending, TOP, undefined) }, [
    { type: 'message', content, question: { type: 'question', ...asked.data } },
  ]);
}

function toldToolUse(state: StoryState, task: string, use: ToolUse): Told {
  if (use.name === ASK_TOOL) return toldQuestion(state, use);
  const flushed = flush(state, task);
  const specialist = AgentRole.safeParse(use.input.subagent_type);
  if ((use.name === 'Agent' || use.name === 'Task') && specialist.success) {
    const description = String(use.input.description ?? '');
    return told({ ...flushed.state, tasks: withKey(state.tasks, use.id, specialist.data) }, [
      ...flushed.events,
      activity(specialist.data, 'TASK_STARTED', use.id, description, payloadOf(use)),
    ]);
  }
  const story = tellTool(use.name, use.input, state.cwd, state.locale);
  return told(flushed.state, [
    ...flushed.events,
    {
      type: 'activity',
      agentRole: roleAt(state, task),
      eventType: 'TOOL_USE',
      taskKey: task === TOP ? null : task,
      description: story.description,
      toolName: clip(use.name, 200),
      toolCategory: story.category,
      toolSummary: story.summary,
      payload: payloadOf(use),
    },
  ]);
}

function toldAssistant(state: StoryState, message: Extract<SDKMessage, { type: 'assistant' }>): Told {
  // The agent's own words for a failed call are no words of Mara.
  if (message.error !== undefined) return told(state);
  const task = message.parent_tool_use_id ?? TOP;
  let at: Told = told(task === TOP ? { ...state, streaming: '' } : state);
  for (const block of message.message.content) {
    if (block.type === 'text') at = { ...at, state: addText(at.state, task, block.text) };
    if (block.type !== 'tool_use') continue;
    const use = { id: block.id, name: block.name, input: (block.input ?? {}) as Record<string, unknown> };
    const next = toldToolUse(at.state, task, use);
    at = { ...next, events: [...at.events, ...next.events] };
  }
  return at;
}

/** A delegation ends with the specialist's last words. */
function endTask(state: StoryState, task: string, fallback: string, payload: unknown = null): Told {
  const role = state.tasks.get(task);
  if (role === undefined) return told(state);
  const report = state.pending.get(task) ?? fallback;
  return told(
    { ...state, tasks: withKey(state.tasks, task, undefined), pending: withKey(state.pending, task, undefined) },
    [activity(role, 'TASK_COMPLETED', task, report, payload)],
  );
}

const DONE = { en: 'Done', cs: 'Hotovo' };
const NOT_FINISHED = { en: 'Did not finish', cs: 'Nedokončeno' };

function toldResults(state: StoryState, message: Extract<SDKMessage, { type: 'user' }>): Told {
  const { content } = message.message;
  if (typeof content === 'string') return told(state);
  let at = told(state);
  for (const block of content) {
    if (block.type !== 'tool_result') continue;
    const failed = block.is_error === true;
    const fallback = (failed ? NOT_FINISHED : DONE)[state.locale];
    const next = endTask(at.state, block.tool_use_id, fallback, { failed });
    at = { ...next, events: [...at.events, ...next.events] };
  }
  return at;
}

function toldStream(state: StoryState, message: Extract<SDKMessage, { type: 'stream_event' }>): Told {
  if (message.parent_tool_use_id !== null) return told(state);
  const { event } = message;
  if (event.type === 'content_block_start' && event.content_block.type === 'text') {
    // A block that was cut off is written again from its start, under its old number.
    const again = state.streaming !== '';
    return told({ ...state, block: again ? state.block : state.block + 1, streaming: '' });
  }
  if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
    const { text } = event.delta;
    const live = { agentRole: 'talkide-pm' as const, block: state.block, offset: state.streaming.length, text };
    return { state: { ...state, streaming: state.streaming + text }, events: [], live: [live] };
  }
  return told(state);
}

const BUSY = {
  en: (seconds: number) => `The model is busy. Trying again in ${seconds} s.`,
  cs: (seconds: number) => `Model je zaneprázdněný. Zkusím to znovu za ${seconds} s.`,
};

/** What one message of the agent means for the people who watch. Pure. */
export function tell(state: StoryState, message: SDKMessage): Told {
  if (message.type === 'assistant') return toldAssistant(state, message);
  if (message.type === 'user') return toldResults(state, message);
  if (message.type === 'stream_event') return toldStream(state, message);
  // The first repeat is quick and not worth a word.
  if (message.type === 'system' && message.subtype === 'api_retry' && message.attempt > 1) {
    const seconds = Math.max(1, Math.round(message.retry_delay_ms / 1000));
    return told(state, [activity('talkide-pm', 'AGENT_MESSAGE', TOP, BUSY[state.locale](seconds))]);
  }
  return told(state);
}

/**
 * The last events of a turn: delegations that did not finish are closed, and what Mara said last is her message. A turn
 * that failed keeps her words in the timeline only, since the turn can be tried again.
 */
export function endStory(state: StoryState, outcome: 'SUCCEEDED' | 'STOPPED' | 'FAILED'): Said[] {
  const open = [...state.tasks.keys()].flatMap((task) => endTask(state, task, NOT_FINISHED[state.locale]).events);
  const said = [state.pending.get(TOP), state.streaming === '' ? undefined : `${state.streaming} …`]
    .filter((text) => text !== undefined)
    .join('\n\n');
  if (said === '') return open;
  const last: Said =
    outcome === 'FAILED'
      ? activity('talkide-pm', 'AGENT_MESSAGE', TOP, said)
      : { type: 'message', content: clip(said, MAX_MESSAGE_CHARS), question: null };
  return [...open, last];
}
