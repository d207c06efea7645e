import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CallRecord, insertCalls } from '../../gateway/index.ts';
import { createProject, createTenant, testDatabase } from '../../testing/index.ts';
import { verifyLedger } from './ledger.ts';

const { db } = await testDatabase();
const tenant = await createTenant(db, { email: 'ledger@example.com' });
const places = [await createProject(db, tenant), await createProject(db, tenant)];
const priceId = await db.system(async (tx) => {
  const price = await tx.selectFrom('model_price').select('id').limit(1).executeTakeFirstOrThrow();
  return price.id;
});

/** Calls of two conversations over a day. */
const calls = Array.from({ length: 200 }, (_, index): CallRecord => {
  const place = places[index % 2] ?? { projectId: '0', conversationId: '0' };
  return {
    ...{ call_id: randomUUID(), tenant_id: tenant.tenantId, user_id: tenant.userId, project_id: place.projectId },
    ...{ conversation_id: place.conversationId, turn_id: '1', agent_role: null, session_id: null, model: 'm' },
    ...{ request_id: null, input_tokens: index, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0 },
    ...{ cache_write_5m_tokens: 0, cache_write_1h_tokens: 0, web_search_requests: 0, model_price_id: priceId },
    raw_cost_usd: `0.00000${String(index).padStart(5, '0')}`,
    charged_cost_usd: `0.00001${String(index).padStart(5, '0')}`,
    ...{ service_tier: null, inference_geo: null, speed: null, latency_ms: 1, outcome: 'completed', estimated: false },
    created_at: new Date(Date.UTC(2026, 10, 24, index % 24, index % 60)).toISOString(),
  };
});
const insert = (some: CallRecord[]) => db.system((tx) => insertCalls(tx, JSON.stringify(some)));

describe('the ledger of usage', () => {
  it('is what its calls add up to, in whatever portions they come and however often', async () => {
    for (let at = 0; at < calls.length; at += 30) await insert(calls.slice(at, at + 40));
    await insert(calls);
    const { rows, drift } = await verifyLedger(db);
    expect(drift).toEqual([]);
    expect(rows).toBe(24);
    const count = await db.system((tx) =>
      tx
        .selectFrom('usage_event')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow(),
    );
    expect(count.count).toBe('200');
  });

  it('shows where it is not', async () => {
    await db.system((tx) =>
      tx
        .updateTable('api_usage_ledger')
        .set({ charged_cost_usd: '9' })
        .where('window_start', '=', new Date('2026-11-24T03:00:00Z'))
        .execute(),
    );
    await db.system((tx) =>
      tx.deleteFrom('api_usage_ledger').where('window_start', '=', new Date('2026-11-24T04:00:00Z')).execute(),
    );
    const { drift } = await verifyLedger(db);
    expect(drift).toMatchObject([
      { windowStart: new Date('2026-11-24T03:00:00Z'), recorded: { chargedUsd: '9.0000000000' } },
      { windowStart: new Date('2026-11-24T04:00:00Z'), recorded: null },
    ]);
  });
});
