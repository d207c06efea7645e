import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { type DemoModel, type DemoModelOptions, startDemoModel } from './server.ts';

let model: DemoModel;
afterEach(() => model.close());

const WORDS = 'Příliš žluťoučký kůň úpěl ďábelské ódy. 🐎'.repeat(5);
const reply = { text: WORDS, tools: [{ name: 'Read', input: { file_path: 'ž.txt' } }] };
const body = { model: 'any-model', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

async function start(options: DemoModelOptions = {}): Promise<Anthropic> {
  model = await startDemoModel({ script: () => reply, ...options });
  return new Anthropic({ apiKey: 'none', baseURL: model.url, maxRetries: 0 });
}

describe('the demo model on the wire', () => {
  it('streams what it also answers whole, with the same usage', async () => {
    const client = await start();
    const whole = await client.messages.create(body);
    const streamed = await client.messages.stream(body).finalMessage();
    const strip = ({ role, model: name, content, stop_reason, usage }: Anthropic.Message) => ({
      role,
      name,
      content: content.map((block) => ({ ...block, id: '' })),
      stop_reason,
      tokens: [usage.input_tokens, usage.output_tokens, usage.cache_creation_input_tokens],
    });
    expect(strip(streamed)).toEqual(strip(whole));
    expect(streamed.content).toMatchObject([
      { type: 'text', text: WORDS },
      { type: 'tool_use', ...reply.tools[0] },
    ]);
    expect(streamed.stop_reason).toBe('tool_use');
    expect(model.served).toMatchObject([
      { model: 'any-model', outcome: 'ok', usage: { output_tokens: whole.usage.output_tokens } },
      { outcome: 'ok' },
    ]);
  });

  it('survives chunk borders anywhere', async () => {
    const client = await start({ faults: [{ kind: 'chunks', bytes: 7 }] });
    expect((await client.messages.stream(body).finalMessage()).content[0]).toMatchObject({ text: WORDS });
  });

  it('reads what the call before has written to the cache', async () => {
    const client = await start();
    const messages = [
      ...body.messages,
      { role: 'assistant' as const, content: 'Hi' },
      { role: 'user' as const, content: 'More' },
    ];
    const { usage } = await client.messages.create({ ...body, messages });
    expect(usage.cache_read_input_tokens).toBeGreaterThan(0);
    const { input_tokens } = await client.messages.countTokens({ model: body.model, messages });
    expect((usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)).toBe(input_tokens);
  });

  it.each([
    [FAULTS.rateLimited, 429],
    [FAULTS.overloaded, 529],
    [FAULTS.creditUsedUp, 402],
    [FAULTS.forbidden, 403],
  ])('refuses with %o', async (fault, status) => {
    const client = await start({ faults: [fault] });
    await expect(client.messages.create(body)).rejects.toMatchObject({ status });
    expect(model.served).toMatchObject([{ outcome: 'refused', usage: null }]);
  });

  it('breaks streams as scripted, and only those', async () => {
    const client = await start({
      faults: [
        { ...FAULTS.streamError, calls: [1] },
        { ...FAULTS.cut, calls: [2] },
      ],
    });
    await expect(client.messages.stream(body).finalMessage()).rejects.toThrow('Overloaded');
    await expect(client.messages.stream(body).finalMessage()).rejects.toThrow();
    await expect(client.messages.stream(body).finalMessage()).resolves.toMatchObject({ role: 'assistant' });
    expect(model.served.map(({ outcome }) => outcome)).toEqual(['stream_error', 'cut', 'ok']);
  });

  it('refuses what is no request', async () => {
    await start();
    const post = (path: string, text: string) => fetch(model.url + path, { method: 'POST', body: text });
    expect((await post('/v1/messages', 'nonsense')).status).toBe(400);
    expect((await post('/v1/elsewhere', '{}')).status).toBe(404);
    const models = await fetch(`${model.url}/v1/models`).then((answer) => answer.json());
    expect(models).toMatchObject({ data: [{ id: 'talkide-demo' }] });
  });
});
