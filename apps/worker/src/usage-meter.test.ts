import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { describe, expect, it } from 'vitest';
import type { ReportedUsage } from './call-usage.ts';
import { createUsageMeter } from './usage-meter.ts';

const SESSION = '7d0a35a5-4f6f-4a0b-9a53-0d1b8bb7d3a1';
const MODEL = 'claude-sonnet-5-5';
const began = { input_tokens: 4, output_tokens: 1, cache_creation_input_tokens: 9, cache_read_input_tokens: 5 };

const stream = (event: object, parent: string | null = null) =>
  ({ type: 'stream_event', event, parent_tool_use_id: parent }) as unknown as SDKMessage;
const start = (id: string, usage: object = began) =>
  stream({ type: 'message_start', message: { id, model: MODEL, usage } });
const delta = (usage: object, reason: string | null = 'end_turn') =>
  stream({ type: 'message_delta', delta: { stop_reason: reason }, usage });
const stop = stream({ type: 'message_stop' });
const reply = (id: string, more: object = {}) =>
  ({
    type: 'assistant',
    message: { id, model: MODEL, usage: began },
    parent_tool_use_id: null,
    request_id: `req_${id}`,
    ...more,
  }) as unknown as SDKMessage;
const ofAgent = (id: string, agentId: string) =>
  reply(id, { parent_tool_use_id: 'toolu_1', agent_id: agentId, subagent_type: 'talkide-tester' });

async function meter(messages: SDKMessage[], transcripts: Record<string, Record<string, ReportedUsage>> = {}) {
  const one = createUsageMeter(SESSION, async (session, agent) => {
    expect(session).toBe(SESSION);
    return new Map(Object.entries(transcripts[agent] ?? {}));
  });
  const live = messages.flatMap((message) => one.take(message));
  return { live, rest: await one.rest() };
}

describe('what the calls of a turn used', () => {
  it('is the last report of the stream, over what only its beginning told', async () => {
    const split = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 6 };
    const usage = { ...began, cache_creation: split, service_tier: 'standard', inference_geo: '' };
    const last = { input_tokens: null, cache_creation_input_tokens: null, output_tokens: 40 };
    const { live, rest } = await meter([start('m1', usage), reply('m1'), delta(last), stop, reply('m1')]);
    expect(live).toEqual([
      {
        callId: expect.stringMatching(/^[\w-]{36}$/),
        agentRole: 'talkide-pm',
        sessionId: SESSION,
        model: MODEL,
        requestId: 'req_m1',
        inputTokens: 4,
        outputTokens: 40,
        cacheReadTokens: 5,
        cacheWrite5mTokens: 3,
        cacheWrite1hTokens: 6,
        webSearchRequests: 0,
        serviceTier: 'standard',
        inferenceGeo: null,
        speed: null,
        estimated: false,
      },
    ]);
    expect(rest).toEqual([]);
  });

  it('is an estimate where the end was not seen', async () => {
    expect(await meter([start('m1'), stop])).toMatchObject({ live: [{ outputTokens: 1, estimated: true }], rest: [] });
    expect(await meter([start('m1'), delta(began, null), stop])).toMatchObject({ live: [{ estimated: true }] });
    expect(await meter([start('m1')])).toMatchObject({ live: [], rest: [{ cacheWrite5mTokens: 9, estimated: true }] });
    expect(await meter([reply('m1')])).toMatchObject({ rest: [{ requestId: 'req_m1', estimated: true }] });
  });

  it('of a sub agent stands in its transcript, once for each call', async () => {
    const used = { ...began, output_tokens: 77 };
    const messages = [ofAgent('s1', 'a'), ofAgent('s1', 'a'), ofAgent('s2', 'a'), ofAgent('s3', 'b')];
    const { live, rest } = await meter(messages, { a: { s1: used, s2: used, of_an_earlier_turn: used } });
    expect(live).toEqual([]);
    expect(rest).toMatchObject([
      { agentRole: 'talkide-tester', requestId: 'req_s1', outputTokens: 77, estimated: false },
      { agentRole: 'talkide-tester', requestId: 'req_s2', outputTokens: 77, estimated: false },
      { agentRole: 'talkide-tester', requestId: 'req_s3', outputTokens: 1, estimated: true },
    ]);
  });

  it('is nothing for words of the agent’s own about a failed call, and for what is no usage', async () => {
    const odd = start('m2', { ...began, input_tokens: 'many' });
    expect(await meter([reply('m1', { error: 'rate_limit' }), odd, delta(began), stop])).toEqual({
      live: [],
      rest: [],
    });
  });
});
