import { describe, expect, it, onTestFinished } from 'vitest';
import { createProject, createTenant, testDatabase } from '../testing/index.ts';
import { type CreditDeps, createCredit } from './index.ts';

const { db } = await testDatabase();

async function start(changes: Partial<CreditDeps> = {}) {
  const credit = await createCredit({
    ...{ db, clock: { now: () => new Date() }, publicUrl: 'http://localhost', fairUsePerDay: null, alone: false },
    payments: { provider: 'test', publishableKey: null },
    onError: (error) => {
      throw error;
    },
    ...changes,
  });
  onTestFinished(credit.close);
  return credit;
}
const need = { most: 100_000_000n, least: 1n };

let people = 0;
/** Somebody with a cent of credit and a running turn. */
async function someone() {
  const tenant = await createTenant(db, { email: `somebody-${people++}@example.com` });
  const { tenantId, userId } = tenant;
  const { projectId, conversationId } = await createProject(db, tenant);
  return db.system(async (tx) => {
    await tx.insertInto('user_budget').values({ user_id: userId, ai_credit_usd: '0.01' }).execute();
    const turn = await tx
      .insertInto('turn')
      .values({
        ...{ tenant_id: tenantId, project_id: projectId, environment_id: tenant.environmentId },
        ...{ conversation_id: conversationId, user_id: userId, status: 'RUNNING' },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id: turn.id, tenantId, userId, projectId };
  });
}

describe('credit', () => {
  it('held by a process that was killed is free again at the next start of the only process', async () => {
    const turn = await someone();
    const killed = await start();
    expect(await killed.reserve(turn, need)).toEqual({ reserved: need.most });
    const next = await start({ alone: true });
    expect(await next.reserve(turn, need)).toEqual({ reserved: need.most });
  });

  it('is asked for only while fair use has calls left', async () => {
    const turn = await someone();
    const credit = await start({ fairUsePerDay: 1 });
    const first = await credit.reserve(turn, need);
    expect(first).toEqual({ reserved: need.most });
    expect(await credit.reserve(turn, need)).toEqual({ halted: 'FAIR_USE' });
  });
});
