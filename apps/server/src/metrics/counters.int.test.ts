import { expect, test } from 'vitest';
import type { Database } from '../platform/db/index.ts';
import { createProject, createTenant, testDatabase } from '../testing/index.ts';
import { createCounters } from './counters.ts';

const { db } = await testDatabase();

test('what cannot be written is kept, joined by what comes meanwhile, and written once', async () => {
  const tenant = await createTenant(db, { email: 'counted@example.com' });
  const { projectId } = await createProject(db, tenant);
  const app = { tenantId: tenant.tenantId, projectId, kind: 'PREVIEW' as const };
  const errors: unknown[] = [];
  let isAway = true;
  const system: Database['system'] = (work) => (isAway ? Promise.reject(new Error('away')) : db.system(work));
  const counters = createCounters({ ...db, system }, (error) => errors.push(error));

  counters.answered(app, { status: 200, ms: 3, bytes: 10 });
  counters.woke(app, 'coldWakes');
  await counters.flush();
  expect(errors).toHaveLength(1);
  counters.answered(app, { status: 502, ms: 3, bytes: 5 });
  counters.used(app, { cpuMs: 12.4, memoryBytes: 1_000 });
  isAway = false;
  await Promise.all([counters.flush(), counters.flush()]);
  await counters.close();

  const rows = await db.tenant(tenant.tenantId, (tx) => tx.selectFrom('app_metric').selectAll().execute());
  // Two rows when a step of five minutes began in the middle.
  const sum = (of: (row: (typeof rows)[number]) => unknown) => rows.reduce((all, row) => all + Number(of(row)), 0);
  expect(sum((row) => row.requests)).toBe(2);
  expect(sum((row) => row.errors)).toBe(1);
  expect(sum((row) => row.bytes_out)).toBe(15);
  expect(sum((row) => row.cpu_ms)).toBe(12);
  expect(sum((row) => row.cold_wakes)).toBe(1);
  expect(sum((row) => row.latency.reduce((all, count) => all + count, 0))).toBe(2);
  expect(errors).toHaveLength(1);

  const other = await createTenant(db, { email: 'other@example.com' });
  expect(await db.tenant(other.tenantId, (tx) => tx.selectFrom('app_metric').selectAll().execute())).toEqual([]);
});
