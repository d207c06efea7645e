import { randomUUID } from 'node:crypto';
import { creditRoutes, usageRoutes } from '@talkide/contracts';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProject, testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { charge, waive } from '../charge.ts';
import { addEntry } from '../entries.ts';
import { createAlerts } from './alerts.ts';
import { budgetRoutes } from './routes.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
budgetRoutes(app, db, { provider: 'test', publishableKey: null });
const [operator, ann, eve, visitor] = Array.from({ length: 4 }, () => new TestBrowser(app)) as [
  ...[TestBrowser, TestBrowser, TestBrowser, TestBrowser],
];
await operator.signUp();
await eve.signUp();

type Place = Record<'tenantId' | 'userId' | 'environmentId' | 'projectId' | 'conversationId', string>;
let who: Place & { turnId: string };
/** A person with 10 dollars of credit, a project and a turn; the browser is hers. */
beforeEach(async () => {
  const { me } = await ann.signUp();
  const { id: userId, tenant } = me;
  const tenantId = tenant.id;
  const { id: environmentId } = await db.system((tx) =>
    tx
      .insertInto('environment')
      .values({ tenant_id: tenantId, kind: 'DEFAULT', name: 'TalkIDE', slug: 'talkide', deletable: false })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  const place = { tenantId, userId, environmentId, ...(await createProject(db, { tenantId, userId, environmentId })) };
  await db.system(async (tx) => {
    await addEntry(tx, { tenantId, userId, kind: 'STARTING', amountUsd: '5', source: `test:${randomUUID()}` });
    await tx
      .updateTable('user_budget')
      .set({ ai_credit_usd: '10', credit_base_usd: '10' })
      .where('user_id', '=', userId)
      .execute();
  });
  who = { ...place, turnId: await newTurn(place) };
});
const newTurn = async ({ tenantId, userId, environmentId, projectId, conversationId }: Place): Promise<string> => {
  const { id } = await db.system((tx) =>
    tx
      .insertInto('turn')
      .values({
        ...{ tenant_id: tenantId, project_id: projectId, environment_id: environmentId },
        ...{ conversation_id: conversationId, user_id: userId },
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return id;
};

const alerts = createAlerts('http://localhost:9090');
/** Records a call of her turn that costs this much. */
const spend = (usd: string, at = new Date()) =>
  db.system(async (tx) => {
    await tx
      .updateTable('turn')
      .set({ charged_cost_usd: sql`charged_cost_usd + ${usd}::numeric` })
      .where('id', '=', who.turnId)
      .execute();
    const call = {
      ...{ call_id: randomUUID(), tenant_id: who.tenantId, user_id: who.userId, project_id: who.projectId },
      ...{ turn_id: who.turnId, charged_cost_usd: usd, created_at: at.toISOString() },
    };
    await tx
      .insertInto('usage_event')
      .values({
        ...{ tenant_id: who.tenantId, user_id: who.userId, project_id: who.projectId, turn_id: who.turnId },
        ...{ model: 'talkide-demo', raw_cost_usd: usd, charged_cost_usd: usd, executor_type: 'NETWORK_WORKER' },
        ...{ call_id: call.call_id, created_at: at },
      })
      .execute();
    await alerts.check(tx, await charge(tx, randomUUID(), [call]));
  });
const mails = () =>
  db.system((tx) =>
    tx
      .selectFrom('mail')
      .select('subject')
      .where('user_id', '=', who.userId)
      .where('type', '=', 'budget-alert')
      .execute(),
  );
const credit = async () => (await ann.call(creditRoutes.getCredit)).body;

describe('credit', () => {
  it('is what there is, less what calls cost, with the month and its limit', async () => {
    await spend('1.25');
    expect(await credit()).toMatchObject({
      creditUsd: '8.7500000000',
      heldUsd: '0',
      month: { spentUsd: '1.2500000000', limitUsd: null },
      turnCapUsd: null,
      alerts: [],
      payments: { provider: 'test', publishableKey: null },
    });
  });

  it('comes back when a turn failed, once, and with it the month', async () => {
    await spend('1.25');
    const turn = await db.system((tx) =>
      tx.selectFrom('turn').selectAll().where('id', '=', who.turnId).executeTakeFirstOrThrow(),
    );
    expect(await db.system((tx) => waive(tx, turn))).toBe(true);
    expect(await db.system((tx) => waive(tx, turn))).toBe(false);
    expect(await credit()).toMatchObject({ creditUsd: '10.0000000000', month: { spentUsd: '0.0000000000' } });
    // A call of it that ends only now costs nothing either.
    await spend('0.50');
    expect(await credit()).toMatchObject({ creditUsd: '10.0000000000', month: { spentUsd: '0.0000000000' } });
  });

  it('that comes back is of the month in which it was spent', async () => {
    const month = (await credit()).month.startsAt;
    await spend('1', new Date(Date.parse(month) - 1));
    await spend('0.25');
    const turn = await db.system((tx) =>
      tx.selectFrom('turn').selectAll().where('id', '=', who.turnId).executeTakeFirstOrThrow(),
    );
    who.turnId = await newTurn(who);
    await spend('0.50');
    expect(await db.system((tx) => waive(tx, turn))).toBe(true);
    expect(await credit()).toMatchObject({ creditUsd: '9.5000000000', month: { spentUsd: '0.5000000000' } });
    const { body } = await ann.call(creditRoutes.getProjectBudget, { params: { id: who.projectId } });
    expect(body.spentUsd).toBe('0.5');
  });

  it('is for the signed-in', async () => {
    expect((await visitor.call(creditRoutes.getCredit)).status).toBe(401);
    expect((await visitor.call('PUT', '/api/credit/limits', { body: {} })).status).toBe(401);
  });
});

describe('limits', () => {
  const set = (monthlyLimitUsd: string | null, turnCapUsd: string | null) =>
    ann.call(creditRoutes.setLimits, { body: { monthlyLimitUsd, turnCapUsd } });

  it('are set and taken away', async () => {
    expect((await set('20.5', '0.50')).body).toMatchObject({ month: { limitUsd: '20.50' }, turnCapUsd: '0.50' });
    expect((await set(null, null)).body).toMatchObject({ month: { limitUsd: null }, turnCapUsd: null });
  });

  it.each(['0', '0.00', '-1', '1.005', 'ten', '12345678'])('are not %s', async (amount) => {
    expect((await set(amount, null)).status).toBe(400);
  });
});

describe("a project's cap", () => {
  const budget = () => ann.call(creditRoutes.getProjectBudget, { params: { id: who.projectId } });
  const cap = (monthlyCapUsd: string | null) =>
    ann.call(creditRoutes.setProjectBudget, { params: { id: who.projectId }, body: { monthlyCapUsd } });

  it('counts what was spent before it was set, and after', async () => {
    await spend('0.75');
    expect((await budget()).body).toEqual({ monthlyCapUsd: null, spentUsd: '0.75' });
    expect((await cap('2')).body).toEqual({ monthlyCapUsd: '2.00', spentUsd: '0.75' });
    await spend('0.25');
    const row = await db.system((tx) =>
      tx
        .selectFrom('project_budget')
        .select('month_spent_usd')
        .where('project_id', '=', who.projectId)
        .executeTakeFirstOrThrow(),
    );
    expect(Number(row.month_spent_usd)).toBe(1);
    expect((await cap(null)).body).toEqual({ monthlyCapUsd: null, spentUsd: '1' });
  });

  it('of somebody else’s project is not found', async () => {
    const params = { id: who.projectId };
    expect((await eve.call(creditRoutes.getProjectBudget, { params })).status).toBe(404);
    expect((await eve.call(creditRoutes.setProjectBudget, { params, body: { monthlyCapUsd: '1' } })).status).toBe(404);
  });

  it('is a positive amount, and for the signed-in', async () => {
    expect((await cap('0')).status).toBe(400);
    expect((await visitor.call(creditRoutes.getProjectBudget, { params: { id: who.projectId } })).status).toBe(401);
    const body = { monthlyCapUsd: '1' };
    expect((await visitor.call(creditRoutes.setProjectBudget, { params: { id: who.projectId }, body })).status).toBe(
      401,
    );
  });
});

describe('alerts', () => {
  it('come at 80 % and at 100 % of the credit, once each', async () => {
    await spend('7.99');
    expect(await mails()).toEqual([]);
    for (const usd of ['0.01', '0.50', '1.50', '0.01']) await spend(usd);
    expect(await mails()).toEqual([{ subject: '80 % of your credit is used' }, { subject: 'Your credit is used up' }]);
    expect((await credit()).alerts).toMatchObject([
      { kind: 'CREDIT', threshold: 100 },
      { kind: 'CREDIT', threshold: 80 },
    ]);
  });

  it('begin again with new credit', async () => {
    await spend('8');
    const { tenantId, userId } = who;
    const source = `test:${randomUUID()}`;
    await db.system((tx) => addEntry(tx, { tenantId, userId, kind: 'TOP_UP', amountUsd: '8', source }));
    expect((await credit()).alerts).toEqual([]);
    await spend('8');
    expect(await mails()).toHaveLength(2);
  });

  it('are of what was used, not of what was paid back', async () => {
    const { tenantId, userId } = who;
    const move = (kind: 'REFUND' | 'REFUND_FAILED', amountUsd: string) =>
      db.system((tx) => addEntry(tx, { tenantId, userId, kind, amountUsd, source: `test:${randomUUID()}` }));
    await move('REFUND', '-9');
    await spend('0.10');
    expect(await mails()).toEqual([]);
    await spend('0.70');
    expect(await mails()).toEqual([{ subject: '80 % of your credit is used' }]);
    await move('REFUND_FAILED', '9');
    await spend('7');
    expect((await credit()).creditUsd).toBe('2.2000000000');
    expect(await mails()).toHaveLength(1);
  });

  it('come once for the month’s limit, of which the worse is told', async () => {
    await ann.call(creditRoutes.setLimits, { body: { monthlyLimitUsd: '2', turnCapUsd: null } });
    await spend('2.50');
    await spend('0.10');
    expect(await mails()).toEqual([{ subject: 'Your limit of this month is reached' }]);
    expect((await credit()).alerts.map((one) => one.threshold)).toEqual([100, 80]);
  });

  it('come at 100 % when what is left is less than a call costs', async () => {
    await spend('9.99');
    for (let n = 0; n < 2; n++) await db.system((tx) => alerts.refused(tx, who.userId, 'NO_CREDIT'));
    expect(await mails()).toEqual([{ subject: '80 % of your credit is used' }, { subject: 'Your credit is used up' }]);
    await ann.call(creditRoutes.setLimits, { body: { monthlyLimitUsd: '10', turnCapUsd: null } });
    await db.system((tx) => alerts.refused(tx, who.userId, 'MONTHLY_LIMIT'));
    expect((await mails()).at(-1)).toEqual({ subject: 'Your limit of this month is reached' });
    await db.system((tx) => alerts.refused(tx, who.userId, 'TURN_CAP'));
    expect(await mails()).toHaveLength(3);
  });

  it('speak the language of the person', async () => {
    await db.system((tx) => tx.updateTable('users').set({ locale: 'cs' }).where('id', '=', who.userId).execute());
    await spend('8');
    expect(await mails()).toEqual([{ subject: 'Vyčerpali jste 80 % kreditu' }]);
  });
});

describe('holds', () => {
  it('are listed for the operator only', async () => {
    await db.system((tx) =>
      tx
        .insertInto('credit_hold')
        .values({
          ...{ tenant_id: who.tenantId, user_id: who.userId, project_id: who.projectId, turn_id: who.turnId },
          ...{ holder: randomUUID(), amount_usd: '0.5', expires_at: new Date(Date.now() + 60_000) },
        })
        .execute(),
    );
    const { body } = await operator.call(usageRoutes.listHolds, { query: { limit: 1 } });
    expect(body.items).toMatchObject([{ turnId: who.turnId, amountUsd: '0.5000000000' }]);
    expect((await credit()).heldUsd).toBe('0.5000000000');
    expect((await ann.call(usageRoutes.listHolds)).status).toBe(403);
    expect((await visitor.call(usageRoutes.listHolds)).status).toBe(401);
    expect((await operator.call('GET', '/api/admin/holds?cursor=x')).status).toBe(400);
  });
});
