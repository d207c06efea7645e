import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { startDemoModel } from '@talkide/demo-model';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { gatewayForFile } from './testing/for-file.ts';
import { plenty, runningTurn } from './testing/rig.ts';

const { db } = await testDatabase();
const model = await startDemoModel({});
afterAll(() => model.close());
const rig = await gatewayForFile(db, model.url);
const { token, turnId } = await runningTurn(db);
const client = new Anthropic({ baseURL: rig.url, authToken: token, apiKey: null, maxRetries: 0 });
const question = {
  model: 'talkide-demo',
  max_tokens: 200,
  messages: [{ role: 'user' as const, content: 'What can you do?' }],
};
const recorded = async () => {
  await rig.gateway.settled(turnId);
  return db.system((tx) =>
    tx
      .selectFrom('usage_event')
      .select(['input_tokens', 'output_tokens'])
      .where('turn_id', '=', turnId)
      .orderBy('id')
      .execute(),
  );
};

describe('the official SDK, unchanged', () => {
  it('gets a message, and what it is told of its use is recorded', async () => {
    const message = await client.messages.create(question);
    expect(message.content.length).toBeGreaterThan(0);
    const { input_tokens, output_tokens } = message.usage;
    expect((await recorded()).at(-1)).toEqual({
      input_tokens: String(input_tokens),
      output_tokens: String(output_tokens),
    });
  });

  it('streams one', async () => {
    const stream = client.messages.stream(question);
    const message = await stream.finalMessage();
    expect(await stream.finalText()).not.toBe('');
    expect((await recorded()).at(-1)).toEqual({
      input_tokens: String(message.usage.input_tokens),
      output_tokens: String(message.usage.output_tokens),
    });
  });

  it('counts tokens, which is free', async () => {
    const before = (await recorded()).length;
    const { max_tokens: _most, ...counted } = question;
    expect((await client.messages.countTokens(counted)).input_tokens).toBeGreaterThan(0);
    expect(await recorded()).toHaveLength(before);
  });

  it('understands that the credit is used up, and does not try again', async () => {
    const other = await gatewayForFile(db, model.url, {
      credit: { ...plenty, reserve: () => ({ halted: 'NO_CREDIT' }) },
    });
    const poor = new Anthropic({ baseURL: other.url, authToken: token, apiKey: null, maxRetries: 5 });
    const error = await poor.messages.create(question).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 402, error: { error: { type: 'billing_error' } } });
  });
});
