import { randomBytes, randomInt } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, inject } from 'vitest';
import { createDatabase, type Database, withAccount, withDatabase } from '../platform/db/index.ts';

export interface TestDatabase {
  db: Database;
  /** The application's own connection URL (`talkide_login`). */
  url: string;
  /** The superuser's, for the same database. */
  adminUrl: string;
}

/**
 * A migrated database of this test file's own, dropped after its tests. Call it at the top of the file:
 * `const { db } = await testDatabase();`
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('postgres');
  const adminUrl = await cloneDatabase(server.controlPlaneTemplate, 'control');
  const url = withAccount(adminUrl, 'talkide_login', server.loginPassword);
  await spreadIds(adminUrl);
  const db = createDatabase({ url, poolSize: 8 });
  afterAll(async () => {
    await db.close();
    await dropDatabase(adminUrl);
  });
  return { db, url, adminUrl };
}

/** A data plane (cluster B) of this test file's own, dropped after its tests. Its roles are the server's: see spreadIds. */
export async function testDataPlane(): Promise<{ adminUrl: string }> {
  const adminUrl = await cloneDatabase(inject('postgres').dataPlaneTemplate, 'data');
  afterAll(() => dropDatabase(adminUrl));
  return { adminUrl };
}

async function cloneDatabase(template: string, kind: string): Promise<string> {
  const { adminUrl } = inject('postgres');
  const name = `${kind}_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name} template ${template} owner talkide_owner`);
  const url = withDatabase(adminUrl, name);
  await asAdmin(adminUrl, `revoke all on database ${name} from public`);
  const grants =
    kind === 'control'
      ? [`grant connect on database ${name} to talkide_login`, `grant create on database ${name} to talkide_system`]
      : [`grant connect, create on database ${name} to talkide_provisioner with grant option`];
  for (const grant of grants) await asAdmin(adminUrl, grant);
  return url;
}

/**
 * Keys begin at another random number in each table: a test that confuses two ids fails, and roles named after a
 * tenant do not collide with those of another test file on the same server.
 */
async function spreadIds(adminUrl: string): Promise<void> {
  const restarts = ['users', 'tenant', 'environment', 'project'].map(
    (table) => `alter table ${table} alter column id restart with ${randomInt(1, 1_000_000) * 1_000}`,
  );
  await asAdmin(adminUrl, restarts.join(';'));
}

async function dropDatabase(adminUrl: string): Promise<void> {
  const name = new URL(adminUrl).pathname.slice(1);
  await asAdmin(inject('postgres').adminUrl, `drop database if exists ${name} with (force)`);
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
