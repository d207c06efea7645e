import { usageRoutes } from '@talkide/contracts';
import { expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { createUsage } from '../index.ts';
import { type Place, type Spender, spender } from '../testing/spender.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
createUsage({ db, clock: systemClock }).routes(app);
const jana = await spender(db, new TestBrowser(app));
const eve = await spender(db, new TestBrowser(app));

const quoteOf = async ({ browser }: Spender, { projectId }: Place) =>
  (await browser.call(usageRoutes.quoteTurn, { params: { id: projectId } })).body.quote;
const spend = async (person: Spender, place: Place, ...costs: string[]) => {
  for (const costUsd of costs) await person.turn(place, { costUsd });
};

it('quotes from the project, else from the person, else from the platform, else not at all', async () => {
  const [book, board] = [await jana.project(), await jana.project()];
  expect(await quoteOf(jana, book)).toBeNull();

  await spend(eve, await eve.project(), '7');
  expect(await quoteOf(jana, book)).toEqual({ lowUsd: '7', highUsd: '7', turns: 1, basis: 'platform' });

  await spend(jana, board, '1', '2', '3');
  expect(await quoteOf(jana, book)).toEqual({ lowUsd: '1', highUsd: '3', turns: 3, basis: 'user' });

  await spend(jana, book, '0.04', '0.0100000001', '0.02', '0.03');
  expect(await quoteOf(jana, book)).toEqual({ lowUsd: '0.0100000001', highUsd: '0.03', turns: 4, basis: 'project' });
});

it('looks at the last turns that ran to their end', async () => {
  const place = await jana.project();
  await spend(jana, place, '50', ...Array.from({ length: 20 }, () => '0.5'));
  await jana.turn(place, { status: 'FAILED', costUsd: '90' });
  await jana.turn(place, { status: 'CANCELLED', costUsd: '90' });
  await jana.turn(place, { kind: 'REPAIR', costUsd: '90' });
  await jana.turn(place, { status: 'RUNNING', costUsd: '90' });
  await jana.turn(place, { costUsd: '0' });
  expect(await quoteOf(jana, place)).toEqual({ lowUsd: '0.5', highUsd: '0.5', turns: 20, basis: 'project' });
});
