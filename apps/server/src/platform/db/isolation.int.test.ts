import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PopulatedTenant, populateTenant, testDatabase } from '../../testing/index.ts';
import type { Tx } from './index.ts';

const { db, adminUrl } = await testDatabase();
const admin = new Client({ connectionString: adminUrl });
await admin.connect();
afterAll(() => admin.end());

const { rows: tables } = await admin.query<{ name: string; secured: boolean; has_tenant: boolean }>(`
  select relname as name, relrowsecurity and relforcerowsecurity as secured,
         exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id') as has_tenant
    from pg_class c
   where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migration'
   order by relname`);
const owned = tables.filter(({ has_tenant }) => has_tenant).map(({ name }) => name);

let mine: PopulatedTenant;
let theirs: PopulatedTenant;
beforeAll(async () => {
  mine = await populateTenant(db, 'mine@example.com');
  theirs = await populateTenant(db, 'theirs@example.com');
});

/** Rows touched in my scope; a missing right counts as none. */
async function touched(statement: (tx: Tx) => Promise<{ rows: unknown[]; numAffectedRows?: bigint }>): Promise<number> {
  try {
    const result = await db.tenant(mine.tenantId, statement);
    return result.rows.length || Number(result.numAffectedRows ?? 0);
  } catch (error) {
    expect(error).toMatchObject({ code: '42501' });
    return 0;
  }
}

describe('row-level security', () => {
  it('is enabled and forced on every table', () => {
    expect(tables.filter(({ secured }) => !secured)).toEqual([]);
  });

  it('cannot be bypassed by any role of the platform', async () => {
    const { rows } = await admin.query(
      `select rolname from pg_roles where rolname like 'talkide\\_%' and rolname <> 'talkide_admin'
          and (rolbypassrls or rolsuper)`,
    );
    expect(rows).toEqual([]);
  });

  it('is asked of a table that holds a row of each tenant (or the tests below prove nothing)', async () => {
    for (const name of owned) {
      const { rowCount } = await admin.query(`select from ${name} where tenant_id = $1`, [theirs.tenantId]);
      expect(rowCount, name).toBeGreaterThan(0);
    }
    expect(owned.length).toBeGreaterThan(20);
  });
});

describe.each(owned)('a foreign row of %s', (name) => {
  const table = sql.table(name);

  it('is neither read, changed nor deleted', async () => {
    const foreign = sql`where tenant_id = ${theirs.tenantId}`;
    const own = sql`where tenant_id = ${mine.tenantId}`;
    expect(await touched((tx) => sql`select tenant_id from ${table} ${own}`.execute(tx))).toBeGreaterThan(0);
    expect(await touched((tx) => sql`select tenant_id from ${table} ${foreign}`.execute(tx))).toBe(0);
    expect(await touched((tx) => sql`update ${table} set tenant_id = tenant_id ${foreign}`.execute(tx))).toBe(0);
    expect(await touched((tx) => sql`delete from ${table} ${foreign}`.execute(tx))).toBe(0);
  });

  it('is not made', async () => {
    const { rows } = await admin.query(`select to_jsonb(t) as row from ${name} t where tenant_id = $1 limit 1`, [
      theirs.tenantId,
    ]);
    const copy = JSON.stringify(rows[0].row);
    const insertion = db.tenant(mine.tenantId, (tx) =>
      sql`insert into ${table} overriding system value
          select (jsonb_populate_record(null::${table}, ${copy})).*`.execute(tx),
    );
    await expect(insertion).rejects.toMatchObject({ code: '42501' });
  });

  it('is not made of my own', async () => {
    const gift = sql`update ${table} set tenant_id = ${theirs.tenantId} where tenant_id = ${mine.tenantId}`;
    expect(await touched((tx) => gift.execute(tx))).toBe(0);
  });
});

describe('between tenants', () => {
  it('shows a tenant itself and its own people only, without password hashes', async () => {
    await db.tenant(mine.tenantId, async (tx) => {
      expect((await sql`select id from tenant`.execute(tx)).rows).toEqual([{ id: mine.tenantId }]);
      expect((await sql`select id from users`.execute(tx)).rows).toEqual([{ id: mine.userId }]);
    });
    const hashes = db.tenant(mine.tenantId, (tx) => sql`select password_hash from users`.execute(tx));
    await expect(hashes).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    'refresh_token',
    'password_reset_token',
    'auth_rate_limit_attempt',
    'gdpr_export_request',
    'user_budget',
    'stripe_webhook_events',
    'invite',
    'waitlist_entry',
    'email_log',
    'operator_audit',
  ])('keeps %s from the tenant scope', async (name) => {
    const read = db.tenant(mine.tenantId, (tx) => sql`select from ${sql.table(name)}`.execute(tx));
    await expect(read).rejects.toMatchObject({ code: '42501' });
  });

  it('links no row of mine to a row of theirs', async () => {
    const links = [
      sql`insert into message (tenant_id, conversation_id, role, content)
          values (${mine.tenantId}, ${theirs.conversationId}, 'USER', 'Hi')`,
      sql`insert into build (tenant_id, project_id, kind) values (${mine.tenantId}, ${theirs.projectId}, 'IMAGE')`,
      sql`update project set environment_id = ${theirs.environmentId} where id = ${mine.projectId}`,
      sql`insert into issue_comment (tenant_id, issue_id, author_agent, body)
          values (${mine.tenantId}, ${theirs.issueId}, 'USER', 'Hi')`,
      sql`update project_version set turn_id = ${theirs.turnId} where id = ${mine.versionId}`,
    ];
    for (const link of links) {
      await expect(db.tenant(mine.tenantId, (tx) => link.execute(tx))).rejects.toMatchObject({ code: '23503' });
    }
  });

  it('reads nothing when the tenant is not named', async () => {
    await admin.query('begin; set local role talkide_tenant');
    const { rows } = await admin.query('select id from project');
    await admin.query('rollback');
    expect(rows).toEqual([]);
  });

  it('takes mail and idempotency keys of its own people only', async () => {
    const mail = (userId: string) =>
      db.tenant(mine.tenantId, (tx) =>
        sql`insert into mail (user_id, type, recipient, subject, text_body)
            values (${userId}, 'NOTE', 'x@example.com', 'Hello', 'Hello')`.execute(tx),
      );
    const key = (userId: string) =>
      db.tenant(mine.tenantId, (tx) =>
        sql`insert into idempotency_key (user_id, key, fingerprint) values (${userId}, 'k', 'f')`.execute(tx),
      );
    await mail(mine.userId);
    await key(mine.userId);
    await expect(mail(theirs.userId)).rejects.toMatchObject({ code: '42501' });
    await expect(key(theirs.userId)).rejects.toMatchObject({ code: '42501' });
  });
});
