import { route } from '@talkide/contracts';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError } from '../../errors.ts';
import { bind } from './bind.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { as, kernel, memoryStore } from './testing/kernel.ts';

const create = route({
  method: 'POST',
  url: '/api/things',
  access: 'user',
  tag: 'test',
  summary: 's',
  body: z.object({ name: z.string() }),
  responses: { 201: z.object({ number: z.number() }) },
  idempotent: true,
});

async function things(handler = async () => {}, idempotency: IdempotencyStore = memoryStore()) {
  const app = await kernel({ idempotency });
  let made = 0;
  bind(app, create, async () => {
    await handler();
    made += 1;
    return { number: made };
  });
  return {
    made: () => made,
    post: async (key: string | undefined, name = 'cup', person = 'user') => {
      const headers = { ...as(person), ...(key === undefined ? {} : { 'idempotency-key': key }) };
      const answer = await app.inject({ method: 'POST', url: create.url, headers, payload: { name } });
      return { status: answer.statusCode, body: answer.json() };
    },
  };
}

describe('a creating call', () => {
  test('without a key runs each time', async () => {
    const { post } = await things();
    await post(undefined);
    expect((await post(undefined)).body).toEqual({ number: 2 });
  });

  test('with the same key runs once and answers the same', async () => {
    const { post, made } = await things();
    const answers = [await post('k1'), await post('k1')];
    expect(answers).toEqual([
      { status: 201, body: { number: 1 } },
      { status: 201, body: { number: 1 } },
    ]);
    expect(made()).toBe(1);
  });

  test('with the same key and another body is refused', async () => {
    const { post } = await things();
    await post('k1', 'cup');
    expect(await post('k1', 'plate')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  });

  test('of another person with the same key is another call', async () => {
    const { post } = await things();
    await post('k1');
    expect((await post('k1', 'cup', 'czech')).body).toEqual({ number: 2 });
  });

  test('at the same moment with the same key runs once; the other is told to come again', async () => {
    const gate = Promise.withResolvers<void>();
    const { post, made } = await things(() => gate.promise);
    const first = post('k1');
    const second = await post('k1');
    expect(second).toMatchObject({ status: 429, body: { code: 'rate_limited', facts: { retryAfterSeconds: 1 } } });
    gate.resolve();
    expect((await first).status).toBe(201);
    expect(made()).toBe(1);
  });

  test('that failed may be made again with its key', async () => {
    let broken = true;
    const { post } = await things(async () => {
      if (broken) throw new DomainError('unavailable');
    });
    expect((await post('k1')).status).toBe(503);
    broken = false;
    expect((await post('k1')).status).toBe(201);
  });

  test('that failed says why even when the key cannot be freed', async () => {
    const store = { ...memoryStore(), release: () => Promise.reject(new Error('database gone')) };
    const { post } = await things(async () => {
      throw new DomainError('unavailable');
    }, store);
    expect((await post('k1')).body.code).toBe('unavailable');
  });

  test.each(['', 'x'.repeat(201), 'two words', 'ěščř'])('refuses the key “%s”', async (key) => {
    const { post } = await things();
    expect((await post(key)).status).toBe(400);
  });
});
