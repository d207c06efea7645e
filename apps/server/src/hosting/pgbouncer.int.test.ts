import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, link, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSecrets } from '../platform/secrets.ts';
import { testDataPlane } from '../testing/index.ts';
import { createDataPlane, schemaName } from './data-plane.ts';
import { connectAs, postgresAddress } from './testing/data-plane-client.ts';

/** A real PgBouncer in front of the data plane: `auth_query`, SCRAM passed through, transaction pooling. */
const { adminUrl } = await testDataPlane();
const database = new URL(adminUrl).pathname.slice(1);
const dataPlane = createDataPlane({ adminUrl, database, secrets: createSecrets('a secret of the test'), alone: true });
const tenantId = `${process.pid}7`;
const app = { tenantId, slug: 'pooled' };
const other = { tenantId, slug: 'beside' };
/** PgBouncer's own login; what it may do is what its role may. */
const pooler = { name: `talkide_pool_${process.pid}`, password: 'the password of the pooler' };
const SIZE = 2;

let folder: string;
let bouncer: ChildProcess;
let output = '';

const postgres = postgresAddress();

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const settings = () => `
[databases]
${database} = host=${folder} port=${postgres.port} dbname=${database}
[pgbouncer]
unix_socket_dir = ${folder}
listen_port = 6432
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
auth_user = ${pooler.name}
auth_query = select * from dataplane_auth.dataplane_get_auth($1)
pool_mode = transaction
default_pool_size = ${SIZE}
min_pool_size = 0
ignore_startup_parameters = extra_float_digits
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tk-pool-'));
  await asAdmin(
    `create role ${pooler.name} login password '${pooler.password}' in role talkide_pgbouncer`,
    `grant connect on database ${database} to ${pooler.name}`,
  );
  await writeFile(join(folder, 'users.txt'), `"${pooler.name}" "${pooler.password}"\n`);
  await writeFile(join(folder, 'pgbouncer.ini'), settings());
  // It refuses to run as root, so it gets PostgreSQL's account, and the socket in a folder which that may enter.
  const socket = join(postgres.host, `.s.PGSQL.${postgres.port}`);
  const { uid, gid } = await stat(socket);
  await link(socket, join(folder, `.s.PGSQL.${postgres.port}`));
  await chown(folder, uid, gid);
  bouncer = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { stdio: ['ignore', 'pipe', 'pipe'], uid, gid });
  const up = Promise.withResolvers<void>();
  const take = (chunk: Buffer) => {
    output += chunk;
    if (output.includes('process up')) up.resolve();
  };
  bouncer.stdout?.on('data', take);
  bouncer.stderr?.on('data', take);
  bouncer.once('error', up.reject);
  bouncer.once('exit', (code) => up.reject(new Error(`PgBouncer ended with ${code}:\n${output}`)));
  await up.promise;
});

afterAll(async () => {
  const ended = once(bouncer, 'exit');
  bouncer.kill('SIGKILL');
  await ended;
  for (const one of [app, other]) await dataPlane.drop(one, 'preview');
  await dataPlane.close();
  await asAdmin(`drop owned by ${pooler.name}`, `drop role ${pooler.name}`);
  await rm(folder, { recursive: true, force: true });
});

const connect = (url: string, password?: string) =>
  connectAs(url, { database, host: folder, port: 6432, ...(password ? { password } : {}) });

test('an application comes in with its own password and has its schema as the search path', async () => {
  const client = await connect(await dataPlane.ensure(app, 'preview'));
  const foreign = await connect(await dataPlane.ensure(other, 'preview'));
  try {
    await client.query('create table entry (id int)');
    await client.query('insert into entry values ($1)', [7]);
    const { rows } = await client.query(
      "select current_user, current_setting('search_path') as path, (select schemaname from pg_tables where tablename = 'entry')",
    );
    const name = schemaName(app, 'preview');
    expect(rows).toEqual([{ current_user: name, path: name, schemaname: name }]);
    await expect(foreign.query('select * from entry')).rejects.toThrow('does not exist');
    await expect(foreign.query(`select * from "${name}".entry`)).rejects.toThrow('permission denied');
  } finally {
    await client.end();
    await foreign.end();
  }
});

test('a wrong password and an unknown name are refused', async () => {
  const url = await dataPlane.ensure(app, 'preview');
  await expect(connect(url, 'wrong')).rejects.toThrow(/SASL|password/i);
  await expect(connect(url.replace('_ppooled_', '_pnobody_'))).rejects.toThrow(/SASL|password|no such user/i);
});

test('many clients share few connections, and each transaction is whole', async () => {
  const url = await dataPlane.ensure(app, 'preview');
  const clients = await Promise.all(Array.from({ length: 24 }, () => connect(url)));
  try {
    await clients[0]?.query('create table counter (n int); insert into counter values (0)');
    const backends = await Promise.all(
      clients.map(async (client) => {
        await client.query('begin');
        const { rows } = await client.query('update counter set n = n + 1 returning pg_backend_pid() as pid');
        await client.query('commit');
        return rows[0]?.pid as number;
      }),
    );
    expect(new Set(backends).size).toBeLessThanOrEqual(SIZE);
    expect((await clients[1]?.query('select n from counter'))?.rows).toEqual([{ n: clients.length }]);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
});

test('an application whose data was dropped is not let in any more', async () => {
  const url = await dataPlane.ensure(other, 'preview');
  await (await connect(url)).end();
  await dataPlane.drop(other, 'preview');
  await expect(connect(url).then((client) => client.query('select 1'))).rejects.toThrow();
});
