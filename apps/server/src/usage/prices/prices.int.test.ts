import { type ModelPrice, usageRoutes } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { createUsage } from '../index.ts';

const { db } = await testDatabase();
const { app, clock } = await peopleServer(db);
createUsage({ db, clock }).routes(app);
const [operator, person] = [new TestBrowser(app), new TestBrowser(app)];
const { me } = await operator.signUp();
await person.signUp();

const later = (days: number) => new Date(clock.now().getTime() + days * 86_400_000).toISOString();
const rates = { input: '4.5', output: '20', cacheWrite5m: '5', cacheWrite1h: '8.000001', cacheRead: '0' };
const price = (more: Partial<ModelPrice> = {}) => ({
  model: 'claude-new-1',
  speed: 'standard' as const,
  effectiveFrom: later(1),
  rates,
  longPrompt: null,
  webSearchUsd: '0.01',
  ...more,
});
const add = (more: Partial<ModelPrice> = {}) => operator.call(usageRoutes.addPrice, { body: price(more) });
const all = async () => {
  const items: ModelPrice[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 3, ...(cursor ? { cursor } : {}) };
    const page = await operator.call(usageRoutes.listPrices, { query });
    items.push(...page.body.items);
    cursor = page.body.nextCursor;
  } while (cursor);
  return items;
};
const of = (items: ModelPrice[], model: string) => items.filter((one) => one.model === model);

describe('prices', () => {
  it('are listed in pages, by model and newest first, each once', async () => {
    const items = await all();
    expect(new Set(items.map((one) => one.id)).size).toBe(items.length);
    expect(items.map((one) => one.model)).toEqual(items.map((one) => one.model).toSorted());
    expect(of(items, 'claude-sonnet-5-5').map((one) => [one.effectiveFrom, one.rates.cacheRead])).toEqual([
      ['2026-10-07T00:00:00.000Z', '0.1'],
      ['2025-01-01T00:00:00.000Z', '0.2'],
    ]);
    expect(of(items, 'claude-haiku-5-5')[0]?.longPrompt).toEqual({
      thresholdTokens: 100_000,
      rates: { input: '0.5', output: '2.5', cacheWrite5m: '0.625', cacheWrite1h: '1', cacheRead: '0.05' },
    });
  });

  it('are added: the one before ends there, and it is written down who did it', async () => {
    const first = await add();
    expect([first.status, first.body]).toEqual([201, expect.objectContaining({ rates, effectiveTo: null })]);
    const second = await add({ effectiveFrom: later(2), longPrompt: { thresholdTokens: 200_000, rates } });
    expect(second.body.longPrompt).toEqual({ thresholdTokens: 200_000, rates });
    const found = of(await all(), 'claude-new-1');
    expect(found.map((one) => one.id)).toEqual([second.body.id, first.body.id]);
    expect(found[1]?.effectiveTo).toBe(second.body.effectiveFrom);
    const entries = await db.system((tx) =>
      tx.selectFrom('operator_audit').selectAll().where('action', '=', 'price.added').orderBy('id').execute(),
    );
    expect(entries.map((entry) => [entry.user_id, entry.details_json])).toMatchObject([
      [me.id, { priceId: first.body.id, model: 'claude-new-1', speed: 'standard', endedPriceId: null }],
      [me.id, { priceId: second.body.id, endedPriceId: first.body.id }],
    ]);
  });

  it('of fast inference stand beside the others', async () => {
    const fast = await add({ model: 'claude-fast-1', speed: 'fast' });
    const standard = await add({ model: 'claude-fast-1' });
    expect([fast.status, standard.status]).toEqual([201, 201]);
    expect(of(await all(), 'claude-fast-1').map((one) => one.effectiveTo)).toEqual([null, null]);
  });

  it('do not begin in the past, nor before or with another one', async () => {
    const past = await add({ model: 'claude-past', effectiveFrom: later(-1) });
    expect(past.body).toMatchObject({ status: 422, code: 'price_in_past' });
    const at = later(5);
    await add({ model: 'claude-twice', effectiveFrom: at });
    for (const effectiveFrom of [at, later(4)]) {
      const again = await add({ model: 'claude-twice', effectiveFrom });
      expect(again.body).toMatchObject({ status: 409, code: 'price_exists' });
    }
    expect(of(await all(), 'claude-past')).toEqual([]);
    expect(of(await all(), 'claude-twice')).toHaveLength(1);
  });

  it('added by many at once never overlap', async () => {
    const answers = await Promise.all(
      [3, 1, 4, 2, 5].map((days) => add({ model: 'claude-rush', effectiveFrom: later(days) })),
    );
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const found = of(await all(), 'claude-rush');
    expect(found[0]?.effectiveTo).toBeNull();
    for (const [at, one] of found.slice(1).entries()) expect(one.effectiveTo).toBe(found[at]?.effectiveFrom);
  });

  it.each([
    { model: 'has spaces' },
    { webSearchUsd: '-1' },
    { rates: { ...rates, input: '1e3' } },
    { rates: { ...rates, input: '0.1234567' } },
    { longPrompt: { thresholdTokens: 0, rates } },
    { effectiveFrom: 'tomorrow' },
  ])('with %j are refused', async (more) => {
    const answer = await operator.call('POST', '/api/admin/prices', { body: price(more) });
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
  });

  it('are the operator’s only', async () => {
    expect((await person.call(usageRoutes.listPrices)).status).toBe(403);
    expect((await person.call(usageRoutes.addPrice, { body: price() })).status).toBe(403);
  });
});
