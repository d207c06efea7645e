import { usageRoutes } from '@talkide/contracts';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { createUsage } from '../index.ts';
import { spender } from '../testing/spender.ts';
import { exportCalls } from './export.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
createUsage({ db, clock: systemClock }).routes(app);
const jana = await spender(db, new TestBrowser(app));
const place = await jana.project();
const turnId = await jana.turn(place);

const query = { from: '2026-03-01', to: '2026-03-31' };

describe('the export', () => {
  it('has a header and every call of the period, safe to open', async () => {
    await db.system((tx) =>
      tx.updateTable('project').set({ name: '=HYPERLINK("http://x")' }).where('id', '=', place.projectId).execute(),
    );
    const id = await jana.call({ place, turnId }, { at: '2026-03-01T10:00:00.123Z', chargedUsd: '0.0012500000' });
    await jana.call({ place, turnId }, { at: '2026-04-01T00:00:00Z' });
    await jana.waive(turnId, '0.001');
    const answer = await jana.browser.call(usageRoutes.exportUsage, { query });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="talkide-usage-2026-03-01-2026-03-31.csv"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.body).toBe(
      `time,call_id,turn_id,project_id,project,conversation_id,conversation,agent_role,model,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,web_search_requests,charged_usd,waived_usd,latency_ms,outcome,estimated,request_id\r\n2026-03-01T10:00:00.123Z,${id},${turnId},${place.projectId},"'=HYPERLINK(""http://x"")",${place.conversationId},"","talkide-pm","talkide-demo",100,10,0,0,0,0.00125,0.001,,,false,\r\n`,
    );
  });

  it('is of one project where that is asked for', async () => {
    const other = await jana.project();
    await jana.call({ place, turnId }, { at: '2026-05-01T10:00:00Z' });
    const id = await jana.call({ place: other, turnId: null }, { at: '2026-05-01T10:00:00Z' });
    const asked = { from: '2026-05-01', to: '2026-05-01', projectId: other.projectId };
    const { body } = await jana.browser.call(usageRoutes.exportUsage, { query: asked });
    const [, ...records] = String(body).trimEnd().split('\r\n');
    expect(records.map((record) => record.split(',')[1])).toEqual([id]);
  });

  it('of a period without calls has the header', async () => {
    const { body } = await jana.browser.call(usageRoutes.exportUsage, {
      query: { from: '2025-01-01', to: '2025-01-01' },
    });
    expect(body).toMatch(/^time,[^\n]*\r\n$/);
  });

  it('reads page by page, each call once, also where many have one time', async () => {
    await db.system((tx) =>
      sql`insert into usage_event (tenant_id, user_id, model, raw_cost_usd, charged_cost_usd, executor_type, created_at)
          select ${jana.tenantId}::bigint, ${jana.userId}::bigint, 'm', 0, 0.0000000001, 'NETWORK_WORKER',
            '2026-08-01Z'::timestamptz + (n % 3) * interval '1 microsecond' from generate_series(1, 2500) as n`.execute(
        tx,
      ),
    );
    const scope = { tenantId: jana.tenantId, period: { from: '2026-08-01', to: '2026-08-01' } };
    const pages: number[] = [];
    const ids = new Set<string>();
    for await (const piece of exportCalls(db, scope)) {
      const records = piece.split('\r\n').filter((line) => line.startsWith('2026-'));
      pages.push(records.length);
      for (const record of records) ids.add(record.split(',')[1] ?? '');
    }
    expect(pages).toEqual([1000, 1000, 500]);
    expect(ids.size).toBe(2500);
    const { body } = await jana.browser.call(usageRoutes.exportUsage, {
      query: { from: '2026-08-01', to: '2026-08-01' },
    });
    expect(String(body).split('\r\n')).toHaveLength(2502);
  });
});
