import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, it, vi } from 'vitest';
import { createTenant, testDatabase } from '../../testing/index.ts';
import type { Id, Tx } from './index.ts';

const { db, adminUrl } = await testDatabase();

const append = async (tx: Tx, tenantId: Id, type: string): Promise<Id> => {
  const { rows } = await sql<{ id: Id }>`select append_event(${tenantId}, null, ${type}, '{}') as id`.execute(tx);
  return rows[0]?.id ?? '';
};

const waitsForLock = async (client: Client): Promise<boolean> =>
  (await client.query(`select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`))
    .rowCount === 1;

it('gives ids in the order of commits within a tenant, so that a reader after an id misses nothing', async () => {
  const { tenantId } = await createTenant(db, { email: 'ada@example.com' });
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  const gate = Promise.withResolvers<void>();
  const drawn = Promise.withResolvers<Id>();
  const first = db.tenant(tenantId, async (tx) => {
    drawn.resolve(await append(tx, tenantId, 'first'));
    await gate.promise;
  });
  const firstId = await drawn.promise;
  const second = db.tenant(tenantId, (tx) => append(tx, tenantId, 'second'));
  await vi.waitUntil(() => waitsForLock(admin), 15_000);
  gate.resolve();
  await first;
  expect(BigInt(await second)).toBeGreaterThan(BigInt(firstId));
  await admin.end();
});

it('does not make one tenant wait for another', async () => {
  const ada = await createTenant(db, { email: 'a@example.com' });
  const bob = await createTenant(db, { email: 'b@example.com' });
  await db.tenant(ada.tenantId, async (tx) => {
    await append(tx, ada.tenantId, 'slow');
    await db.tenant(bob.tenantId, (other) => append(other, bob.tenantId, 'quick'));
  });
});

it('tells the listeners which event of which tenant was committed', async () => {
  const { tenantId } = await createTenant(db, { email: 'c@example.com' });
  const heard: unknown[] = [];
  const stop = await db.listen('talkide_event', (payload) => heard.push(JSON.parse(payload)));
  const id = await db.tenant(tenantId, (tx) => append(tx, tenantId, 'told'));
  await vi.waitFor(() => expect(heard).toContainEqual({ t: Number(tenantId), p: null, id: Number(id) }), 15_000);
  await stop();
});
