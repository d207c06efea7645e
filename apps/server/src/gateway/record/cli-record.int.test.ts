import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallUsage } from '@talkide/contracts';
import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { verifyLedger } from '../../credit/index.ts';
import { createProject, createTenant, testDatabase } from '../../testing/index.ts';
import { createGateway } from '../index.ts';
import type { CallRecord } from './call-record.ts';

const { db } = await testDatabase();
const tenant = await createTenant(db, { email: 'own-login@example.com' });
const place = await createProject(db, tenant);
const folder = await mkdtemp(join(tmpdir(), 'tk-cli-'));
const charged: CallRecord[] = [];
const gateway = await createGateway({
  db,
  log: pino({ enabled: false }),
  upstream: { baseUrl: 'http://127.0.0.1:1', apiKey: '' },
  markupPercent: '50',
  killSwitch: async () => ({ enabled: false, reason: '' }),
  journalDir: folder,
  credit: {
    reserve: () => ({ halted: 'NO_CREDIT' }),
    settle: () => {},
    charge: async (_tx, records) => void charged.push(...records),
  },
  costChanged: async () => {},
});
afterAll(() => rm(folder, { recursive: true }));

const call = (more: Partial<CallUsage> = {}): CallUsage => ({
  callId: randomUUID(),
  agentRole: 'talkide-pm',
  sessionId: randomUUID(),
  ...{ model: 'a-model-without-a-price', requestId: 'req_1', serviceTier: 'standard', inferenceGeo: null, speed: null },
  ...{ inputTokens: 4, outputTokens: 700, cacheReadTokens: 50, cacheWrite5mTokens: 30, cacheWrite1hTokens: 20 },
  ...{ webSearchRequests: 1, estimated: false },
  ...more,
});

test('calls of a developer’s own login are recorded once, with their tokens, and cost nothing', async () => {
  const row = await db.system((tx) =>
    tx
      .insertInto('turn')
      .values({
        tenant_id: tenant.tenantId,
        project_id: place.projectId,
        environment_id: tenant.environmentId,
        conversation_id: place.conversationId,
        user_id: tenant.userId,
        status: 'RUNNING',
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  const { tenantId, userId } = tenant;
  const turn = { id: row.id, tenantId, userId, ...place };
  const first = call();
  gateway.record(turn, [first, call({ agentRole: null, estimated: true })]);
  await gateway.settled(turn.id);
  gateway.record(turn, [first]);
  await gateway.settled(turn.id);

  const rows = await db.system((tx) =>
    tx.selectFrom('usage_event').selectAll().where('turn_id', '=', turn.id).orderBy('id').execute(),
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    call_id: first.callId,
    session_id: first.sessionId,
    ...{ executor_type: 'CLI', model: 'a-model-without-a-price', request_id: 'req_1', model_price_id: null },
    ...{ input_tokens: '4', output_tokens: '700', cache_read_tokens: '50', cache_write_tokens: '50' },
    ...{ cache_write_5m_tokens: '30', cache_write_1h_tokens: '20', web_search_requests: '1', latency_ms: null },
    ...{ raw_cost_usd: '0.0000000000', charged_cost_usd: '0.0000000000', outcome: 'completed', estimated: false },
  });
  expect(rows[1]).toMatchObject({ agent_role: null, executor_type: 'CLI', outcome: 'cut', estimated: true });
  const after = await db.system((tx) =>
    tx.selectFrom('turn').selectAll().where('id', '=', turn.id).executeTakeFirstOrThrow(),
  );
  expect(after).toMatchObject({ input_tokens: '8', output_tokens: '1400', charged_cost_usd: '0.0000000000' });
  expect(charged).toEqual([]);
  expect(await verifyLedger(db)).toMatchObject({ rows: 1, drift: [] });

  await gateway.close();
  // Everything is in the database, so the journal is gone.
  expect(await readdir(folder)).toEqual([]);
});
