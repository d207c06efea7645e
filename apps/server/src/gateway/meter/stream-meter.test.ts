import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamMeter } from './stream-meter.ts';

const sse = (events: { type: string }[]) =>
  new TextEncoder().encode(events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join(''));

const start = {
  type: 'message_start',
  message: {
    model: 'claude-x',
    usage: {
      input_tokens: 10,
      output_tokens: 1,
      cache_read_input_tokens: 400,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      service_tier: 'standard',
      inference_geo: 'us',
    },
  },
};
const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'usage: žluťoučký 🐎' } };
const delta = (usage: unknown) => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
const stop = { type: 'message_stop' };

describe('StreamMeter', () => {
  it('takes cumulative counts by replacing, wherever the pieces are cut', () => {
    const bytes = sse([start, text, delta({ output_tokens: 7 }), { type: 'ping' }, delta({ output_tokens: 42 }), stop]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (places) => {
        const meter = new StreamMeter();
        const edges = [0, ...places.toSorted((a, b) => a - b), bytes.length];
        for (let index = 1; index < edges.length; index++) meter.push(bytes.subarray(edges[index - 1], edges[index]));
        expect(meter.complete).toBe(true);
        expect(meter.usage).toMatchObject({
          model: 'claude-x',
          inputTokens: 10,
          outputTokens: 42,
          cacheReadTokens: 400,
        });
      }),
    );
  });

  it('keeps what the start said where a delta says null or nothing', () => {
    const meter = new StreamMeter();
    meter.push(
      sse([
        start,
        delta({
          input_tokens: null,
          cache_read_input_tokens: null,
          cache_creation_input_tokens: null,
          output_tokens: 5,
        }),
      ]),
    );
    expect(meter.usage).toEqual({
      model: 'claude-x',
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 400,
      cacheWriteTokens: 30,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 10,
      webSearchRequests: 0,
      serviceTier: 'standard',
      inferenceGeo: 'us',
      speed: null,
      extra: [],
    });
    expect(meter.complete).toBe(false);
  });

  it('raises the counts that a delta raises and keeps the 1 h share of the cache writes', () => {
    const meter = new StreamMeter();
    meter.push(
      sse([
        start,
        delta({ input_tokens: 900, cache_creation_input_tokens: 50, server_tool_use: { web_search_requests: 2 } }),
      ]),
    );
    expect(meter.usage).toMatchObject({
      inputTokens: 900,
      cacheWriteTokens: 50,
      cacheWrite5mTokens: 40,
      cacheWrite1hTokens: 10,
      webSearchRequests: 2,
    });
  });

  it('counts compaction, advisor and fallback iterations apart, and no others', () => {
    const meter = new StreamMeter();
    const iterations = [
      { type: 'message', input_tokens: 10, output_tokens: 42 },
      {
        type: 'compaction',
        input_tokens: 100,
        output_tokens: 20,
        cache_creation_input_tokens: 8,
        cache_creation: null,
      },
      { type: 'advisor_message', model: 'claude-y', input_tokens: 5, output_tokens: 6 },
      { type: 'fallback_message', model: 'claude-z', input_tokens: 7, output_tokens: 8 },
    ];
    meter.push(sse([start, delta({ output_tokens: 42, iterations })]));
    expect(meter.usage?.extra).toEqual([
      {
        model: null,
        inTopLevel: false,
        inputTokens: 100,
        outputTokens: 20,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 8,
        cacheWrite1hTokens: 0,
      },
      {
        model: 'claude-y',
        inTopLevel: false,
        inputTokens: 5,
        outputTokens: 6,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
      },
      {
        model: 'claude-z',
        inTopLevel: true,
        inputTokens: 7,
        outputTokens: 8,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
      },
    ]);
  });

  it('notices an error event after the start', () => {
    const meter = new StreamMeter();
    meter.push(sse([start]));
    meter.push(
      new TextEncoder().encode('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n'),
    );
    expect(meter.errorType).toBe('overloaded_error');
    expect(meter.usage?.inputTokens).toBe(10);
  });

  it('survives nonsense', () => {
    const meter = new StreamMeter();
    meter.push(new TextEncoder().encode('event: message_start\ndata: {oops\n\nevent: message_delta\ndata: null\n\n'));
    expect(meter.usage).toBeNull();
    meter.push(sse([delta({ output_tokens: -4, input_tokens: 'many' })]));
    expect(meter.usage?.outputTokens).toBe(0);
  });
});
