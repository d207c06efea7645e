import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createSecrets } from '../platform/secrets.ts';
import { testDataPlane } from '../testing/index.ts';
import { createDataPlane, schemaName } from './data-plane.ts';
import { connectAs, postgresAddress } from './testing/data-plane-client.ts';

const { adminUrl } = await testDataPlane();
const database = new URL(adminUrl).pathname.slice(1);
const dataPlane = createDataPlane({ adminUrl, database, secrets: createSecrets('a secret of the test'), alone: true });
afterAll(() => dataPlane.close());

const tenantId = String(process.pid);
const app = { tenantId, slug: 'guest-book' };
const other = { tenantId, slug: 'todo-board' };

const connect = (url: string) => connectAs(url, { database, ...postgresAddress() });

test('an application owns its schema, finds it without naming it, and sees no other', async () => {
  const client = await connect(await dataPlane.ensure(app, 'preview'));
  const foreign = await connect(await dataPlane.ensure(other, 'preview'));
  try {
    await client.query('create table entry (id int)');
    const { rows } = await client.query("select schemaname from pg_tables where tablename = 'entry'");
    expect(rows).toEqual([{ schemaname: schemaName(app, 'preview') }]);
    await expect(foreign.query(`select * from "${schemaName(app, 'preview')}".entry`)).rejects.toThrow(
      'permission denied',
    );
    await expect(client.query('create schema mine')).rejects.toThrow('permission denied');
    await expect(client.query('select * from dataplane_auth.dataplane_auth_credentials')).rejects.toThrow(
      'permission denied',
    );
  } finally {
    await client.end();
    await foreign.end();
  }
});

test('an application has ten connections at most, and bounds of time from its role', async () => {
  const bounded = { tenantId, slug: 'bounded' };
  const url = await dataPlane.ensure(bounded, 'preview');
  const clients = await Promise.all(Array.from({ length: 10 }, () => connect(url)));
  try {
    await expect(connect(url)).rejects.toMatchObject({ code: '53300' });
    const shown =
      "select current_setting('statement_timeout') as s, current_setting('idle_in_transaction_session_timeout') as i";
    expect((await clients[0]?.query(shown))?.rows).toEqual([{ s: '30s', i: '1min' }]);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await dataPlane.drop(bounded, 'preview');
  }
});

test('preview and published data are apart', async () => {
  const published = await connect(await dataPlane.ensure(app, 'prod'));
  try {
    await expect(published.query('select * from entry')).rejects.toThrow('does not exist');
  } finally {
    await published.end();
  }
});

test('the credential store holds the verifier that the role has', async () => {
  await dataPlane.ensure(app, 'preview');
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query(
      'select c.secret = a.rolpassword as same, c.secret from dataplane_auth.dataplane_auth_credentials c join pg_authid a using (rolname) where rolname = $1',
      [schemaName(app, 'preview')],
    );
    expect(rows[0]?.same).toBe(true);
    expect(rows[0]?.secret).toMatch(/^SCRAM-SHA-256\$4096:/);
  } finally {
    await admin.end();
  }
});

test('parallel first starts agree', async () => {
  const fresh = { tenantId, slug: 'parallel' };
  const again = createDataPlane({ adminUrl, database, secrets: createSecrets('a secret of the test'), alone: true });
  const urls = await Promise.all([dataPlane, again, dataPlane, again].map((one) => one.ensure(fresh, 'preview')));
  expect(new Set(urls).size).toBe(1);
  await (await connect(urls[0] ?? '')).end();
  await dataPlane.drop(fresh, 'preview');
  await again.close();
});

test.each(['whole', 'with-hyphens'])(
  'a later process changes nothing of what is right (%s), and mends the rest',
  async (slug) => {
    const one = { tenantId, slug };
    const name = schemaName(one, 'prod');
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    const ensureAnew = async () => {
      const later = createDataPlane({
        adminUrl,
        database,
        secrets: createSecrets('a secret of the test'),
        alone: true,
      });
      await later.ensure(one, 'prod');
      await later.close();
      const { rows } = await admin.query(
        `select role.xmin as role, role.rolconnlimit as limit, setting.xmin as setting, kept.xmin as kept
         from pg_authid as role join pg_db_role_setting as setting on setting.setrole = role.oid
         join dataplane_auth.dataplane_auth_credentials as kept using (rolname) where rolname = $1`,
        [name],
      );
      return rows;
    };
    try {
      const first = await ensureAnew();
      expect(first).toHaveLength(1);
      expect(await ensureAnew()).toEqual(first);
      await admin.query(`alter role "${name}" connection limit 3`);
      expect(await ensureAnew()).toMatchObject([{ limit: 10 }]);
      await admin.query(`alter role "${name}" in database "${database}" reset statement_timeout`);
      const before = await ensureAnew();
      expect(await ensureAnew()).toEqual(before);
    } finally {
      await admin.end();
      await dataPlane.drop(one, 'prod');
    }
  },
);

test('different applications are made and dropped side by side', async () => {
  const again = createDataPlane({ adminUrl, database, secrets: createSecrets('a secret of the test'), alone: true });
  const apps = Array.from({ length: 12 }, (_, number) => ({ tenantId, slug: `beside-${number}` }));
  const onEach = (work: (plane: typeof dataPlane, app: (typeof apps)[number]) => Promise<unknown>) =>
    Promise.all(apps.map((one, number) => work(number % 2 ? dataPlane : again, one)));
  await onEach((plane, one) => plane.ensure(one, 'preview'));
  await Promise.all([
    onEach((plane, one) => plane.drop(one, 'preview')),
    onEach((plane, one) => plane.ensure(one, 'prod')),
  ]);
  await onEach((plane, one) => plane.drop(one, 'prod'));
  await again.close();
});

test('dropping leaves nothing, and may be repeated', async () => {
  await dataPlane.ensure(other, 'preview');
  await dataPlane.drop(other, 'preview');
  await dataPlane.drop(other, 'preview');
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const name = schemaName(other, 'preview');
    const { rows } = await admin.query(
      'select (select count(*) from pg_roles where rolname = $1)::int roles, (select count(*) from pg_namespace where nspname = $1)::int schemas',
      [name],
    );
    expect(rows).toEqual([{ roles: 0, schemas: 0 }]);
    for (const environment of ['preview', 'prod'] as const) await dataPlane.drop(app, environment);
  } finally {
    await admin.end();
  }
});

test('what a look left is swept at the next start; one that is looked at now stays', async () => {
  await dataPlane.ensure(app, 'look');
  const options = { adminUrl, database, secrets: createSecrets('a secret of the test') };
  const next = createDataPlane({ ...options, alone: true });
  const beside = createDataPlane({ ...options, alone: false });
  try {
    await next.ensure(other, 'look');
    const looks = async () => {
      const admin = new Client({ connectionString: adminUrl });
      await admin.connect();
      const names = [schemaName(app, 'look'), schemaName(other, 'look')];
      const query = 'select nspname as name from pg_namespace where nspname = any($1)';
      const { rows } = await admin.query<{ name: string }>(query, [names]).finally(() => admin.end());
      return rows.map(({ name }) => name).sort();
    };
    // Beside another platform it may be a look of that.
    await beside.sweep(async () => [app, other]);
    expect(await looks()).toEqual([schemaName(app, 'look'), schemaName(other, 'look')].sort());
    await next.sweep(async () => [app, other]);
    expect(await looks()).toEqual([schemaName(other, 'look')]);
  } finally {
    for (const one of [app, other]) await dataPlane.drop(one, 'look');
    await Promise.all([next.close(), beside.close()]);
  }
});

test('what another platform dropped is made again for the next application of that name', async () => {
  const beside = createDataPlane({ adminUrl, database, secrets: createSecrets('a secret of the test'), alone: false });
  try {
    await beside.ensure(app, 'preview');
    await dataPlane.drop(app, 'preview');
    await beside.ensure(app, 'preview');
    expect(await dataPlane.login(app, 'preview')).not.toBeNull();
  } finally {
    await dataPlane.drop(app, 'preview');
    await beside.close();
  }
});
