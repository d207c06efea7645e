import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTenant, rejectedBy, type TestTenant, testDatabase } from '../../testing/index.ts';

const { db } = await testDatabase();
let ada: TestTenant;
beforeAll(async () => {
  ada = await createTenant(db, { email: 'ada@example.com' });
});

const rejected = (statement: Parameters<typeof rejectedBy>[1]) => rejectedBy(db, statement);
const user = (columns: Record<string, unknown>) => {
  const row = { email: 'new@example.com', password_hash: 'h', name: 'New', ...columns };
  const names = sql.join(Object.keys(row).map((name) => sql.ref(name)));
  return sql`insert into users (${names}) values (${sql.join(Object.values(row))})`;
};

describe('users', () => {
  it('have one account for an email, whatever its case', async () => {
    expect(await rejected(user({ email: 'ADA@Example.com' }))).toBe('users_email_key');
  });

  it.each([
    ['role', 'ROOT', 'users_role_check'],
    ['locale', 'de', 'users_locale_check'],
    ['sound_master_volume', 101, 'users_sound_master_volume_check'],
    ['sound_master_volume', -1, 'users_sound_master_volume_check'],
    ['email', 'nobody', 'users_email_check'],
  ])('refuse %s = %s', async (column, value, constraint) => {
    expect(await rejected(user({ [column]: value }))).toBe(constraint);
  });

  it('have defaults for every preference', async () => {
    const row = await db.system((tx) =>
      tx.selectFrom('users').selectAll().where('id', '=', ada.userId).executeTakeFirstOrThrow(),
    );
    expect(row).toMatchObject({
      role: 'USER',
      locale: 'en',
      sound_new_message: true,
      sound_send_message: true,
      sound_task_completed: true,
      sound_task_error: true,
      sound_master_volume: 70,
    });
  });
});

describe('tokens', () => {
  it('are known by their hash once', async () => {
    const token = sql`insert into refresh_token (user_id, token_hash, family_id)
                      values (${ada.userId}, 'same', gen_random_uuid())`;
    expect(await rejected(token)).toBeUndefined();
    expect(await rejected(token)).toBe('refresh_token_token_hash_key');
    const reset = sql`insert into password_reset_token (user_id, token_hash) values (${ada.userId}, 'same')`;
    expect(await rejected(reset)).toBeUndefined();
    expect(await rejected(reset)).toBe('password_reset_token_token_hash_key');
  });

  it('last 14 days, a password reset one hour', async () => {
    const { rows } = await db.system((tx) =>
      sql`select (select expires_at - created_at = interval '14 days' from refresh_token) as refresh,
                 (select expires_at - created_at = interval '1 hour' from password_reset_token) as reset`.execute(tx),
    );
    expect(rows).toEqual([{ refresh: true, reset: true }]);
  });

  it('limit attempts of the three known kinds', async () => {
    const attempt = sql`insert into auth_rate_limit_attempt (key, kind) values ('127.0.0.1', 'GUESS')`;
    expect(await rejected(attempt)).toBe('auth_rate_limit_attempt_kind_check');
  });
});

describe('tenants', () => {
  it('have a slug of their own that is a DNS label', async () => {
    const tenant = (slug: string) =>
      sql`insert into tenant (name, slug, owner_id) values ('Ada', ${slug}, ${ada.userId})`;
    expect(await rejected(tenant('ada'))).toBeUndefined();
    expect(await rejected(tenant('ada'))).toBe('tenant_slug_key');
    for (const slug of ['', 'Ada', '-ada', 'ada-', 'a.b', 'a'.repeat(41)]) {
      expect(await rejected(tenant(slug)), slug).toBe('tenant_slug_check');
    }
  });

  it('keep their owner: a user with a tenant is not deleted', async () => {
    expect(await rejected(sql`delete from users where id = ${ada.userId}`)).toBe('tenant_owner_id_fkey');
  });

  it('have todos with a title of 1 to 255 characters', async () => {
    const todo = (title: string | null) =>
      sql`insert into todo (tenant_id, title) values (${ada.tenantId}, ${title}) returning completed`;
    expect(await rejected(todo(null))).toBe('title');
    expect(await rejected(todo(''))).toBe('todo_title_check');
    await expect(rejected(todo('x'.repeat(256)))).rejects.toMatchObject({ code: '22001' });
    expect(await rejected(todo('x'.repeat(255)))).toBeUndefined();
  });
});

describe('environments', () => {
  const environment = (columns: { kind: string; slug: string; deletable: boolean; mode?: string; status?: string }) =>
    sql`insert into environment (tenant_id, kind, name, slug, deletable, resource_mode, status)
        values (${ada.tenantId}, ${columns.kind}, 'E', ${columns.slug}, ${columns.deletable},
                ${columns.mode ?? 'SHARED'}, ${columns.status ?? 'ACTIVE'})`;

  it('include one DEFAULT for a tenant, which is never deletable', async () => {
    expect(await rejected(environment({ kind: 'DEFAULT', slug: 'second', deletable: false }))).toBe(
      'environment_one_default',
    );
    const change = sql`update environment set deletable = true where id = ${ada.environmentId}`;
    expect(await rejected(change)).toBe('environment_default_not_deletable');
    const removal = sql`delete from environment where id = ${ada.environmentId}`;
    expect(await rejected(removal)).toBe('environment_default_not_deletable');
    const disguise = sql`update environment set kind = 'USER_CREATED' where id = ${ada.environmentId}`;
    expect(await rejected(disguise)).toBe('environment_kind_fixed');
  });

  it('have known kinds, modes and statuses, and one slug each in a tenant', async () => {
    const base = { kind: 'USER_CREATED', slug: 'shop', deletable: true };
    expect(await rejected(environment(base))).toBeUndefined();
    expect(await rejected(environment(base))).toBe('environment_tenant_id_slug_key');
    expect(await rejected(environment({ ...base, kind: 'OTHER' }))).toBe('environment_kind_check');
    expect(await rejected(environment({ ...base, mode: 'FREE' }))).toBe('environment_resource_mode_check');
    expect(await rejected(environment({ ...base, status: 'GONE' }))).toBe('environment_status_check');
  });

  it('leave their projects to the DEFAULT environment when they are deleted', async () => {
    const { rows } = await db.system((tx) =>
      sql<{ id: string }>`insert into environment (tenant_id, kind, name, slug, deletable)
                          values (${ada.tenantId}, 'USER_CREATED', 'E', 'gone', true) returning id`.execute(tx),
    );
    await db.system(async (tx) => {
      await sql`insert into project (tenant_id, environment_id, name, slug, stack_id)
                values (${ada.tenantId}, ${rows[0]?.id}, 'P', 'left-over', 's')`.execute(tx);
      await sql`delete from environment where id = ${rows[0]?.id}`.execute(tx);
    });
    const project = await db.system((tx) =>
      tx.selectFrom('project').select('environment_id').where('slug', '=', 'left-over').executeTakeFirstOrThrow(),
    );
    expect(project.environment_id).toBeNull();
  });
});

describe('growth and operations', () => {
  it('joins the waitlist once for an email, with a referral code of the agreed form', async () => {
    const entry = (email: string, code: string) =>
      sql`insert into waitlist_entry (email, name, referral_code) values (${email}, 'Eve', ${code})`;
    expect(await rejected(entry('eve@example.com', 'eve-a1B2'))).toBeUndefined();
    expect(await rejected(entry('EVE@example.com', 'eve-zzzz'))).toBe('waitlist_entry_email_key');
    expect(await rejected(entry('eva@example.com', 'eve-a1B2'))).toBe('waitlist_entry_referral_code_key');
    expect(await rejected(entry('eva@example.com', 'eve'))).toBe('waitlist_entry_referral_code_check');
  });

  it('issues invites of one token each, for 30 days, with a status that agrees with its times', async () => {
    expect(await rejected(sql`insert into invite (token) values ('t1')`)).toBeUndefined();
    expect(await rejected(sql`insert into invite (token) values ('t1')`)).toBe('invite_token_key');
    expect(await rejected(sql`insert into invite (token, status) values ('t2', 'LOST')`)).toBe('invite_status_check');
    expect(await rejected(sql`insert into invite (token, status) values ('t2', 'CLAIMED')`)).toBe('invite_check');
    expect(await rejected(sql`insert into invite (token, status) values ('t2', 'REVOKED')`)).toBe('invite_check1');
    const { rows } = await db.system((tx) =>
      sql`select expires_at - issued_at = interval '30 days' as month from invite`.execute(tx),
    );
    expect(rows).toEqual([{ month: true }]);
  });

  it('records redemptions, grants and quotas within their bounds', async () => {
    const redemption = sql`insert into invite_redemption_attempt (token_hash, ip_hash, result) values ('t', 'i', 'NO')`;
    expect(await rejected(redemption)).toBe('invite_redemption_attempt_result_check');
    const grant = sql`insert into invite_grant (user_id, bonus_invites, reason) values (${ada.userId}, 0, 'BOGO')`;
    expect(await rejected(grant)).toBe('invite_grant_bonus_invites_check');
    const quota = sql`insert into user_invite_quota (user_id, issued_count) values (${ada.userId}, -1)`;
    expect(await rejected(quota)).toBe('user_invite_quota_issued_count_check');
  });

  it('has one switch for a key, and any status in the email log', async () => {
    const throwSwitch = sql`insert into platform_kill_switch (key) values ('publish')`;
    expect(await rejected(throwSwitch)).toBeUndefined();
    expect(await rejected(throwSwitch)).toBe('platform_kill_switch_key_key');
    const log = sql`insert into email_log (type, recipient, subject, status) values ('T', 'r', 's', 'BOUNCED')`;
    expect(await rejected(log)).toBeUndefined();
  });

  it('never changes the audit of the operators', async () => {
    await db.system((tx) => sql`insert into operator_audit (action) values ('INVITE_REVOKED')`.execute(tx));
    expect(await rejected(sql`update operator_audit set action = 'NOTHING'`)).toBe('operator_audit_append_only');
    expect(await rejected(sql`delete from operator_audit`)).toBe('operator_audit_append_only');
  });

  it('answers a repeated key once for each user, and exports data in known statuses', async () => {
    const key = sql`insert into idempotency_key (user_id, key, fingerprint) values (${ada.userId}, 'k', 'f')`;
    expect(await rejected(key)).toBeUndefined();
    expect(await rejected(key)).toBe('idempotency_key_pkey');
    const request = (status: string) =>
      sql`insert into gdpr_export_request (user_id, status) values (${ada.userId}, ${status})`;
    expect(await rejected(request('LOST'))).toBe('gdpr_export_request_status_check');
    expect(await rejected(request('READY'))).toBe('gdpr_export_request_check');
  });
});
