import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { createTenant, testDatabase } from '../../testing/index.ts';
import { createDatabase } from './index.ts';

const { db, url, adminUrl } = await testDatabase();

describe('scopes', () => {
  it('sees in a tenant transaction that tenant only, and all of them in a system transaction', async () => {
    const ada = await createTenant(db, { email: 'ada@example.com' });
    const bob = await createTenant(db, { email: 'bob@example.com' });
    const seen = await db.tenant(ada.tenantId, (tx) => tx.selectFrom('environment').select('id').execute());
    expect(seen).toEqual([{ id: ada.environmentId }]);
    const all = await db.system((tx) => tx.selectFrom('environment').select('id').execute());
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([ada.environmentId, bob.environmentId]));
  });

  it('leaves no right on the connection when the transaction ends, however it ends', async () => {
    const single = createDatabase({ url, poolSize: 1 });
    try {
      const { tenantId } = await createTenant(single, { email: 'eve@example.com' });
      await expect(
        single.tenant(tenantId, async () => {
          throw new Error('given up');
        }),
      ).rejects.toThrow('given up');
      const state = await single.system((tx) =>
        sql<{
          role: string;
          tenant: string;
        }>`select current_user as role, current_setting('talkide.tenant_id') as tenant`.execute(tx),
      );
      expect(state.rows).toEqual([{ role: 'talkide_system', tenant: '' }]);
    } finally {
      await single.close();
    }
  });

  it('keeps connections for others when one tenant asks for more than there are', async () => {
    const small = createDatabase({ url, poolSize: 3 });
    try {
      const greedy = await createTenant(small, { email: 'greedy@example.com' });
      const modest = await createTenant(small, { email: 'modest@example.com' });
      const held = Promise.withResolvers<void>();
      const many = Array.from({ length: 5 }, () => small.tenant(greedy.tenantId, () => held.promise));
      const seen = await small.tenant(modest.tenantId, (tx) => tx.selectFrom('environment').select('id').execute());
      expect(seen).toEqual([{ id: modest.environmentId }]);
      held.resolve();
      await Promise.all(many);
    } finally {
      await small.close();
    }
  });

  it('gives the login role nothing without a scope', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      for (const table of ['users', 'tenant', 'project', 'usage_event', 'platform_kill_switch']) {
        await expect(client.query(`select from public.${table}`)).rejects.toMatchObject({ code: '42501' });
      }
      await expect(client.query('create table public.mine ()')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('set role talkide_owner')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });
});

describe('listen and notify', () => {
  it('delivers at commit, not before and not after a rollback', async () => {
    const received: string[] = [];
    const stop = await db.listen('talkide_test', (payload) => received.push(payload));
    await expect(
      db.system(async (tx) => {
        await db.notify(tx, 'talkide_test', 'lost');
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await db.system((tx) => db.notify(tx, 'talkide_test', 'kept'));
    await vi.waitFor(() => expect(received).toEqual(['kept']), 15_000);
    await stop();
  });

  it('listens again after its connection was cut, and says that something may have been missed', async () => {
    const received: string[] = [];
    const onReconnect = vi.fn();
    await db.listen('talkide_cut', (payload) => received.push(payload), { onReconnect });
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
                        where application_name = 'talkide-listen' and datname = current_database()`);
    await admin.end();
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledOnce(), { timeout: 20_000 });
    await db.system((tx) => db.notify(tx, 'talkide_cut', 'again'));
    await vi.waitFor(() => expect(received).toEqual(['again']), 15_000);
  });
});
