import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../postgres/index.ts';
import { createDatabase, setUpControlPlane, setUpDataPlane } from './index.ts';

// A server of its own: the login role's password is shared by all databases of a server.
const folder = mkdtempSync(join(tmpdir(), 'talkide-setup-'));
const server = await startEmbeddedPostgres({
  dataDir: join(folder, 'data'),
  socketDir: join(folder, 'run'),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off' },
});
async function onServer(statement: string): Promise<number | null> {
  const client = new Client({ connectionString: server.adminUrl('postgres') });
  await client.connect();
  return (await client.query(statement).finally(() => client.end())).rowCount;
}
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('prepares several databases of one server at the same moment', async () => {
  const adminUrl = server.adminUrl('postgres');
  for (const name of ['one', 'two', 'three']) await onServer(`create database ${name}`);
  // Each by its own database, as settings outside name them: their locks do not meet.
  await Promise.all([
    setUpControlPlane({ adminUrl: server.adminUrl('one'), database: 'one', loginPassword: 'first' }),
    setUpDataPlane({ adminUrl: server.adminUrl('two'), database: 'two' }),
    setUpDataPlane({ adminUrl: server.adminUrl('three'), database: 'three' }),
    setUpControlPlane({ adminUrl, database: 'four', loginPassword: 'first' }),
  ]);
  expect(await onServer("select from pg_roles where rolname = 'talkide_owner'")).toBe(1);
});

it('gives the application a way in again after its password was replaced', async () => {
  for (const loginPassword of ['first', 'second']) {
    const { url } = await setUpControlPlane({
      adminUrl: server.adminUrl('postgres'),
      database: 'talkide',
      loginPassword,
    });
    const db = createDatabase({ url, poolSize: 1 });
    expect(await db.system((tx) => tx.selectFrom('users').select('id').execute())).toEqual([]);
    await db.close();
  }
});
