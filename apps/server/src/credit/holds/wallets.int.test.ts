import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fromUnits, toUnits } from '../../platform/money.ts';
import { createProject, createTenant, testDatabase } from '../../testing/index.ts';
import { charge } from '../charge.ts';
import { addEntry } from '../entries.ts';
import { lockBounds } from './store.ts';
import { createWallets, type SpendingTurn } from './wallets.ts';

const { db } = await testDatabase();
const COST = toUnits('0.01');
const NEED = { most: COST, least: COST / 4n };

let people = 0;
let spender: { turn: SpendingTurn; creditUsd(): Promise<string>; heldUsd(): Promise<string> };

/** Somebody with this much credit and a running turn. */
async function someone(creditUsd: string) {
  const tenant = await createTenant(db, { email: `spender-${people++}@example.com` });
  const place = await createProject(db, tenant);
  await db.system((tx) =>
    tx.insertInto('user_budget').values({ user_id: tenant.userId, ai_credit_usd: creditUsd }).execute(),
  );
  const turn: SpendingTurn = {
    id: await turnOf(tenant, place),
    tenantId: tenant.tenantId,
    userId: tenant.userId,
    projectId: place.projectId,
  };
  const one = async (query: Promise<{ usd: string } | undefined>) => (await query)?.usd ?? '0';
  return {
    tenant,
    place,
    turn,
    creditUsd: () =>
      one(
        db.system((tx) =>
          tx
            .selectFrom('user_budget')
            .select('ai_credit_usd as usd')
            .where('user_id', '=', tenant.userId)
            .executeTakeFirst(),
        ),
      ),
    heldUsd: () =>
      one(
        db.system((tx) =>
          tx
            .selectFrom('credit_hold')
            .select(sql<string>`coalesce(sum(amount_usd), 0)::numeric(20,10)`.as('usd'))
            .where('user_id', '=', tenant.userId)
            .executeTakeFirst(),
        ),
      ),
  };
}

const turnOf = async (
  tenant: { tenantId: string; userId: string; environmentId: string },
  place: { projectId: string; conversationId: string },
): Promise<string> => {
  const row = await db.system((tx) =>
    tx
      .insertInto('turn')
      .values({
        tenant_id: tenant.tenantId,
        project_id: place.projectId,
        environment_id: tenant.environmentId,
        conversation_id: place.conversationId,
        user_id: tenant.userId,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return row.id;
};

/** One gateway process. */
async function process(waitMs?: number, renewMs?: number) {
  const holder = randomUUID();
  const wallets = await createWallets({
    db,
    holder,
    onError: (error) => {
      throw error;
    },
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(renewMs === undefined ? {} : { renewMs }),
  });
  onTestFinished(wallets.close);
  return { wallets, holder };
}
type Process = Awaited<ReturnType<typeof process>>;

/** A call from its reservation to its settlement; what it cost, or why it was not made. */
async function call({ wallets, holder }: Process, turn: SpendingTurn, cost = COST, need = NEED): Promise<string> {
  const answer = await wallets.reserve(turn, need);
  if ('halted' in answer) return answer.halted;
  await record(holder, turn, cost);
  wallets.settle(turn.id, answer.reserved, cost);
  return 'made';
}
const record = (holder: string, turn: SpendingTurn, cost: bigint) =>
  db.system((tx) =>
    charge(tx, holder, [
      {
        call_id: randomUUID(),
        tenant_id: turn.tenantId,
        user_id: turn.userId,
        project_id: turn.projectId,
        turn_id: turn.id,
        charged_cost_usd: fromUnits(cost),
        created_at: new Date().toISOString(),
      },
    ]),
  );
const count = (answers: readonly string[], what: string) => answers.filter((one) => one === what).length;

describe('parallel calls', () => {
  it('200 at once against credit for 20: 20 are made, no overspend, no deadlock', async () => {
    const { turn, creditUsd } = await someone('0.20');
    const one = await process();
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(one, turn)));
    expect([count(answers, 'made'), count(answers, 'NO_CREDIT')]).toEqual([20, 180]);
    expect(Number(await creditUsd())).toBe(0);
  });

  it('the same on three processes, for two turns of one person', async () => {
    const { tenant, turn, creditUsd } = await someone('0.20');
    const otherPlace = await createProject(db, tenant);
    const other = { ...turn, id: await turnOf(tenant, otherPlace), projectId: otherPlace.projectId };
    const processes = await Promise.all([process(), process(), process()]);
    const answers = await Promise.all(
      processes.flatMap((one) => Array.from({ length: 40 }, (_, at) => call(one, at % 2 ? turn : other))),
    );
    expect([count(answers, 'made'), count(answers, 'NO_CREDIT')]).toEqual([20, 100]);
    expect(Number(await creditUsd())).toBe(0);
  });

  it('one reservation after another needs no answer of the database', async () => {
    const { turn } = await someone('1');
    const one = await process();
    await call(one, turn);
    const second = one.wallets.reserve(turn, NEED);
    expect(second).toEqual({ reserved: COST });
  });
});

describe('a turn that begins', () => {
  it('finds set aside what the calls of its user needed last', async () => {
    const { tenant, place, turn, heldUsd } = await someone('10');
    const one = await process();
    await call(one, turn);
    await one.wallets.release(turn.id);
    expect(Number(await heldUsd())).toBe(0);
    const next = { ...turn, id: await turnOf(tenant, place) };
    one.wallets.prepare(next);
    await vi.waitFor(async () => expect(Number(await heldUsd())).toBe(0.04), 15_000);
    await vi.waitFor(() => expect(one.wallets.reserve(next, NEED)).toEqual({ reserved: COST }), 15_000);
  });

  it('of a user whose calls nobody knows sets nothing aside', async () => {
    const { turn, heldUsd } = await someone('10');
    const one = await process();
    one.wallets.prepare(turn);
    await call(one, turn);
    expect(Number(await heldUsd())).toBe(0.03);
  });
});

describe('a call', () => {
  let one: Process;
  beforeEach(async () => {
    spender = await someone('0.02');
    one = await process(300);
  });

  it('is made with the last bit of credit, when nothing else is under way', async () => {
    const dear = { most: toUnits('5'), least: toUnits('0.01') };
    expect(await call(one, spender.turn, toUnits('0.015'), dear)).toBe('made');
    expect(Number(await spender.creditUsd())).toBe(0.005);
    expect(await call(one, spender.turn, COST, dear)).toBe('NO_CREDIT');
  });

  it('waits for credit that another call holds, and is refused when that does not come back', async () => {
    const first = await one.wallets.reserve(spender.turn, { most: toUnits('0.02'), least: COST });
    expect(await call(one, spender.turn)).toBe('NO_CREDIT');
    const waiting = call(one, spender.turn);
    if ('reserved' in first) one.wallets.settle(spender.turn.id, first.reserved, 0n);
    expect(await waiting).toBe('made');
  });

  it('shares the last bit of credit with others of its turn, one after another, on several processes too', async () => {
    const dear = { most: toUnits('5'), least: toUnits('0.001') };
    const processes = [await process(), await process()];
    const calls = [...processes, ...processes].map((each) => call(each, spender.turn, toUnits('0.004'), dear));
    expect(await Promise.all(calls)).toEqual(['made', 'made', 'made', 'made']);
    expect(Number(await spender.creditUsd())).toBe(0.004);
  });

  it('that cost more than was set aside takes the rest from the next', async () => {
    expect(await call(one, spender.turn, toUnits('0.03'))).toBe('made');
    expect(Number(await spender.creditUsd())).toBe(-0.01);
    expect(await call(one, spender.turn)).toBe('NO_CREDIT');
  });
});

describe('what is set aside', () => {
  it('goes back when the turn ends while a call waits for credit', async () => {
    const { turn, heldUsd } = await someone('0.01');
    const { wallets } = await process();
    const first = await wallets.reserve(turn, NEED);
    const second = wallets.reserve(turn, NEED);
    await wallets.release(turn.id);
    expect(await second).toEqual({ halted: 'NO_CREDIT' });
    if ('reserved' in first) wallets.settle(turn.id, first.reserved, 0n);
    await vi.waitFor(async () => expect(Number(await heldUsd())).toBe(0), 15_000);
  });

  it('goes back when a call began as its turn ended', async () => {
    const { turn, heldUsd } = await someone('1');
    const one = await process(undefined, 20);
    await one.wallets.release(turn.id);
    await call(one, turn);
    expect(Number(await heldUsd())).toBeGreaterThan(0);
    await db.system((tx) =>
      tx.updateTable('turn').set({ status: 'CANCELLED', finished_at: new Date() }).where('id', '=', turn.id).execute(),
    );
    await vi.waitFor(async () => expect(Number(await heldUsd())).toBe(0), 15_000);
  });

  it('goes back at once when there is less to spend', async () => {
    const { turn, heldUsd } = await someone('1');
    const one = await process();
    await call(one, turn);
    expect(Number(await heldUsd())).toBeGreaterThan(0);
    const { tenantId, userId } = turn;
    await db.system((tx) =>
      addEntry(tx, { tenantId, userId, kind: 'REFUND', amountUsd: '-1', source: `refund:${userId}` }),
    );
    await vi.waitFor(async () => expect(Number(await heldUsd())).toBe(0), 15_000);
    expect(await call(one, turn)).toBe('NO_CREDIT');
  });

  it('goes back when the turn ends, and when a late call has ended', async () => {
    const { turn, heldUsd } = await someone('1');
    const { wallets } = await process();
    const answer = await wallets.reserve(turn, NEED);
    expect(Number(await heldUsd())).toBe(0.04);
    await wallets.release(turn.id);
    expect(Number(await heldUsd())).toBe(0.01);
    if ('reserved' in answer) wallets.settle(turn.id, answer.reserved, 0n);
    await vi.waitFor(async () => expect(Number(await heldUsd())).toBe(0), 15_000);
  });

  it('is worth nothing once its process is gone', async () => {
    const { turn } = await someone('0.01');
    const gone = await process();
    await gone.wallets.reserve(turn, NEED);
    await db.system((tx) =>
      tx
        .updateTable('credit_hold')
        .set({ expires_at: sql`now() - interval '1 second'` })
        .where('holder', '=', gone.holder)
        .execute(),
    );
    expect(await call(await process(), turn)).toBe('made');
  });
});

describe('limits', () => {
  const limited = async (set: (who: Awaited<ReturnType<typeof someone>>) => Promise<unknown>) => {
    const who = await someone('10');
    await set(who);
    return who;
  };
  const months = (wallets: Process, turn: SpendingTurn) =>
    Promise.all(Array.from({ length: 10 }, () => call(wallets, turn)));

  it('of a month', async () => {
    const { turn } = await limited(({ turn: { userId } }) =>
      db.system((tx) =>
        tx.updateTable('user_budget').set({ spending_limit_usd: '0.05' }).where('user_id', '=', userId).execute(),
      ),
    );
    const answers = await months(await process(), turn);
    expect([count(answers, 'made'), count(answers, 'MONTHLY_LIMIT')]).toEqual([5, 5]);
  });

  it('of a month begin again with the next', async () => {
    const { turn } = await limited(({ turn: { userId } }) =>
      db.system((tx) =>
        tx
          .updateTable('user_budget')
          .set({ spending_limit_usd: '0.05', month_spent_usd: '0.05', month_start: new Date('2026-01-01') })
          .where('user_id', '=', userId)
          .execute(),
      ),
    );
    expect(count(await months(await process(), turn), 'made')).toBe(5);
  });

  it('of a project', async () => {
    const { turn } = await limited(({ turn: { tenantId, projectId } }) =>
      db.system((tx) =>
        tx
          .insertInto('project_budget')
          .values({ tenant_id: tenantId, project_id: projectId, monthly_cap_usd: '0.03' })
          .execute(),
      ),
    );
    const answers = await months(await process(), turn);
    expect([count(answers, 'made'), count(answers, 'PROJECT_CAP')]).toEqual([3, 7]);
  });

  it('of a turn, which keeps the one it began with', async () => {
    const { turn } = await limited(({ turn: { userId } }) =>
      db.system((tx) =>
        tx.updateTable('user_budget').set({ turn_cap_usd: '0.04' }).where('user_id', '=', userId).execute(),
      ),
    );
    // The gateway adds to the turn what its calls cost; here the hold alone bounds it.
    const { wallets } = await process(200);
    const answers = await Promise.all(Array.from({ length: 6 }, () => wallets.reserve(turn, NEED)));
    expect(answers.filter((one) => 'halted' in one)).toEqual([{ halted: 'TURN_CAP' }, { halted: 'TURN_CAP' }]);
    const row = await db.system((tx) =>
      tx.selectFrom('turn').select('cap_usd').where('id', '=', turn.id).executeTakeFirstOrThrow(),
    );
    expect(Number(row.cap_usd)).toBe(0.04);
  });
});

it('a call that ends while another asks for the last bit leaves enough for it', async () => {
  const { turn, heldUsd } = await someone('0.03');
  const { wallets } = await process();
  const first = await wallets.reserve(turn, { most: 2n * COST, least: COST });
  expect(first).toEqual({ reserved: 2n * COST });
  const second = await db.system(async (tx) => {
    await lockBounds(tx, turn);
    const asked = wallets.reserve(turn, { most: COST / 2n, least: COST / 4n });
    // It has looked at what is set aside, and waits for the lock.
    await setImmediate();
    wallets.settle(turn.id, 2n * COST, 0n);
    return { asked };
  });
  expect(await second.asked).toEqual({ reserved: COST / 2n });
  expect(toUnits(await heldUsd())).toBe(2n * COST);
});
