import { AgentRole, usageRoutes } from '@talkide/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { type Money, usd, zeroUsd } from '../../platform/money.ts';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { createUsage } from '../index.ts';
import { spender } from '../testing/spender.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
createUsage({ db, clock: systemClock }).routes(app);
const operator = new TestBrowser(app);
await operator.signUp();

const amount = fc.bigInt(0n, 10n ** 11n).map((units) =>
  usd(units)
    .div(10 ** 10)
    .toFixed(10),
);
const call = fc.record({
  turn: fc.nat(3),
  day: fc.integer({ min: 1, max: 5 }),
  chargedUsd: amount,
  rawUsd: amount,
  model: fc.constantFrom('a', 'b', 'c'),
  agentRole: fc.constantFrom(...AgentRole.options, null, 'unknown'),
  inputTokens: fc.nat(10 ** 9),
});
const waiver = fc.option(fc.bigInt(1n, 2n * 10n ** 11n));

interface Spend {
  calls: number;
  chargedUsd: string;
  waivedUsd: string;
}
const sumOf = (amounts: readonly (string | Money)[]): Money =>
  amounts.reduce<Money>((sum, one) => sum.plus(one), zeroUsd);
const addUp = (parts: readonly Spend[]) => ({
  calls: parts.reduce((sum, { calls }) => sum + calls, 0),
  chargedUsd: sumOf(parts.map((one) => one.chargedUsd)).toFixed(),
  waivedUsd: sumOf(parts.map((one) => one.waivedUsd)).toFixed(),
});

/** Two projects with two turns each; a waiver may be of less or more than its turn has cost. */
it('every part of a report sums up to its total, and the total is what was spent', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 25 }),
      fc.array(waiver, { minLength: 4, maxLength: 4 }),
      async (calls, waivers) => {
        const ella = await spender(db, new TestBrowser(app));
        const places = [await ella.project(), await ella.project()];
        const turns = [];
        for (const place of [...places, ...places]) turns.push({ place, turnId: await ella.turn(place) });
        for (const { turn, day, ...facts } of calls) {
          const one = turns[turn];
          if (one) await ella.call(one, { ...facts, at: `2026-05-0${day}T12:00:00Z` });
        }
        const waived: Money[] = [];
        for (const [at, units] of waivers.entries()) {
          if (units === null) continue;
          const given = usd(units).div(10 ** 10);
          await ella.waive(turns[at]?.turnId ?? '', given.toFixed(10));
          const cost = sumOf(calls.filter((one) => one.turn === at).map((one) => one.chargedUsd));
          waived.push(given.lessThan(cost) ? given : cost);
        }

        const query = { from: '2026-05-01', to: '2026-05-05' };
        const { body } = await ella.browser.call(usageRoutes.usageSummary, { query });
        const { calls: count, chargedUsd, waivedUsd } = body.total;
        const total = { calls: count, chargedUsd, waivedUsd };
        expect(total).toEqual({
          calls: calls.length,
          chargedUsd: sumOf(calls.map((one) => one.chargedUsd)).toFixed(),
          waivedUsd: sumOf(waived).toFixed(),
        });
        expect(body.total.inputTokens).toBe(calls.reduce((sum, one) => sum + one.inputTokens, 0));
        for (const part of ['days', 'projects', 'conversations', 'models', 'roles'] as const) {
          expect(addUp(body[part]), part).toEqual(total);
        }
        const listed = await ella.browser.call(usageRoutes.listUsageTurns, { query });
        expect(addUp(listed.body.items), 'turns').toEqual(total);

        const platform = (await operator.call(usageRoutes.platformUsage, { query })).body;
        const margin = usd(platform.total.chargedUsd).minus(platform.total.waivedUsd).minus(platform.total.rawUsd);
        expect(platform.total.marginUsd).toBe(margin.toFixed());
        for (const part of [platform.days, platform.tenants, platform.models]) {
          expect(sumOf(part.map((one) => one.marginUsd)).toFixed()).toBe(margin.toFixed());
          expect(sumOf(part.map((one) => one.chargedUsd)).toFixed()).toBe(platform.total.chargedUsd);
        }
      },
    ),
    { numRuns: 25 },
  );
});
