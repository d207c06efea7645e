import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { WorkerEvent } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { emptyStory, type Said, type StoryState } from './event-state.ts';
import { endStory, tell } from './events.ts';

const CWD = '/workspace/7';
type Block = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: object };

const assistant = (content: Block[], parent: string | null = null, more = {}) =>
  ({ type: 'assistant', parent_tool_use_id: parent, message: { content }, ...more }) as SDKMessage;
const text = (words: string): Block => ({ type: 'text', text: words });
const use = (name: string, input: object, id = 'toolu_1'): Block => ({ type: 'tool_use', id, name, input });
const result = (id: string, isError = false) =>
  ({
    type: 'user',
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, is_error: isError }] },
  }) as SDKMessage;
const delta = (words: string) =>
  ({
    type: 'stream_event',
    parent_tool_use_id: null,
    event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } },
  }) as SDKMessage;
const blockStart = {
  type: 'stream_event',
  parent_tool_use_id: null,
  event: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
} as SDKMessage;

function follow(messages: SDKMessage[], locale: 'en' | 'cs' = 'en') {
  let state: StoryState = emptyStory(locale, CWD);
  const events: Said[] = [];
  const live: { block: number; offset: number; text: string }[] = [];
  for (const message of messages) {
    const told = tell(state, message);
    state = told.state;
    events.push(...told.events);
    live.push(...told.live.map(({ block, offset, text: words }) => ({ block, offset, text: words })));
  }
  return { state, events, live };
}
const delegation = use(
  'Agent',
  { subagent_type: 'talkide-frontend-dev', description: 'Makes the page', prompt: 'x' },
  'task1',
);

describe('the story of a turn', () => {
  it('tells a tool in plain words, with the path beside them', () => {
    const { events } = follow([assistant([use('Edit', { file_path: `${CWD}/src/pages/Home.vue`, old_string: 'a' })])]);
    expect(events).toMatchObject([
      {
        type: 'activity',
        agentRole: 'talkide-pm',
        eventType: 'TOOL_USE',
        taskKey: null,
        description: 'Edits the home page',
        toolName: 'Edit',
        toolCategory: 'EDITING',
        toolSummary: 'Edits src/pages/Home.vue',
        payload: { id: 'toolu_1', input: { old_string: 'a' } },
      },
    ]);
  });

  it('keeps the last text for the message and tells text before a tool at once', () => {
    const { state, events } = follow([
      assistant([text('I look first.')]),
      assistant([use('Read', { file_path: `${CWD}/AGENTS.md` })]),
      assistant([text('All done.')]),
    ]);
    expect(events.map((event) => event.type === 'activity' && [event.eventType, event.description])).toEqual([
      ['AGENT_MESSAGE', 'I look first.'],
      ['TOOL_USE', "Reads the project's notes"],
    ]);
    expect(endStory(state, 'SUCCEEDED')).toEqual([{ type: 'message', content: 'All done.', question: null }]);
  });

  it('nests what a specialist does, and ends the task with its report', () => {
    const { events } = follow([
      assistant([text('Off we go.'), delegation]),
      assistant([text('I read the code.'), use('Bash', { command: 'node build.mjs' }, 'b1')], 'task1'),
      assistant([text('The page stands.')], 'task1'),
      result('task1'),
    ]);
    expect(
      events.map(
        (event) => event.type === 'activity' && [event.agentRole, event.eventType, event.taskKey, event.description],
      ),
    ).toEqual([
      ['talkide-pm', 'AGENT_MESSAGE', null, 'Off we go.'],
      ['talkide-frontend-dev', 'TASK_STARTED', 'task1', 'Makes the page'],
      ['talkide-frontend-dev', 'AGENT_MESSAGE', 'task1', 'I read the code.'],
      ['talkide-frontend-dev', 'TOOL_USE', 'task1', 'Builds the app'],
      ['talkide-frontend-dev', 'TASK_COMPLETED', 'task1', 'The page stands.'],
    ]);
  });

  it('makes one message of a plan and its question', () => {
    const question = { question: 'Which?', options: [{ label: 'A' }, { label: 'B' }] };
    const { state, events } = follow([assistant([text('My plan.')]), assistant([use('mcp__talkide__ask', question)])]);
    expect(events).toEqual([{ type: 'message', content: 'My plan.', question: { type: 'question', ...question } }]);
    expect(endStory(state, 'SUCCEEDED')).toEqual([]);
  });

  it('streams text by block and offset, and writes a block again that was cut off', () => {
    const { live } = follow([
      blockStart,
      delta('Hel'),
      delta('lo'),
      blockStart,
      delta('Hello'),
      assistant([text('Hello')]),
      blockStart,
      delta('Next'),
    ]);
    expect(live).toEqual([
      { block: 1, offset: 0, text: 'Hel' },
      { block: 1, offset: 3, text: 'lo' },
      { block: 1, offset: 0, text: 'Hello' },
      { block: 2, offset: 0, text: 'Next' },
    ]);
  });

  it('keeps partial text and closes open tasks when the turn is stopped', () => {
    const { state } = follow([assistant([delegation]), blockStart, delta('I was about')]);
    expect(endStory(state, 'STOPPED')).toMatchObject([
      { type: 'activity', eventType: 'TASK_COMPLETED', taskKey: 'task1', description: 'Did not finish' },
      { type: 'message', content: 'I was about …' },
    ]);
  });

  it('keeps the words of a failed turn in the timeline, and the error text of the agent nowhere', () => {
    const { state } = follow([
      assistant([text('Half.')]),
      assistant([text('API Error: 402')], null, { error: 'billing_error' }),
    ]);
    expect(endStory(state, 'FAILED')).toMatchObject([
      { type: 'activity', eventType: 'AGENT_MESSAGE', description: 'Half.' },
    ]);
  });

  it('says that the model is busy from the second repeat on', () => {
    const retry = (attempt: number) =>
      ({ type: 'system', subtype: 'api_retry', attempt, retry_delay_ms: 4_000 }) as SDKMessage;
    expect(follow([retry(1)]).events).toEqual([]);
    expect(follow([retry(2)], 'cs').events).toMatchObject([
      { description: 'Model je zaneprázdněný. Zkusím to znovu za 4 s.' },
    ]);
  });

  it('stays within the bounds of the contract', () => {
    const long = 'x'.repeat(30_000);
    const { events } = follow([
      assistant([text(long), use('Write', { file_path: `${CWD}/${long}`, content: long })]),
      assistant([use('Unheard', {})]),
    ]);
    for (const [at, event] of events.entries())
      expect(WorkerEvent.safeParse({ ...event, seq: at + 1 }).success).toBe(true);
  });
});
