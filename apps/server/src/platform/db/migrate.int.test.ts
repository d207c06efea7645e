import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { describeSchema } from './describe-schema.ts';
import { createDatabase, setUpControlPlane, setUpDataPlane, withDatabase } from './index.ts';
import { migrate } from './migrate.ts';

const { adminUrl } = await testDatabase();
const server = inject('postgres');
const admin = new Client({ connectionString: server.adminUrl });
await admin.connect();
afterAll(async () => {
  for (const name of ['fresh', 'fresh_data', 'scratch'])
    await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
});

describe('the migrations', () => {
  const setup = { adminUrl: server.adminUrl, loginPassword: server.loginPassword };

  it('bring an empty database to the schema, and then have nothing to do', async () => {
    const first = await setUpControlPlane({ ...setup, database: 'fresh' });
    await setUpDataPlane({ ...setup, database: 'fresh_data' });
    expect(first.applied.length).toBeGreaterThan(10);

    const [again] = await Promise.all([
      setUpControlPlane({ ...setup, database: 'fresh' }),
      setUpDataPlane({ ...setup, database: 'fresh_data' }),
    ]);
    const db = createDatabase({ url: again.url, poolSize: 1 });
    const models = await db.system((tx) => tx.selectFrom('model_price').select('id').execute());
    await db.close();
    expect(again.applied).toEqual([]);
    expect(models.length).toBeGreaterThan(10);
  });

  it('wait for each other when two platforms start at once', async () => {
    await admin.query('drop database fresh with (force)');
    const both = await Promise.all([1, 2].map(() => setUpControlPlane({ ...setup, database: 'fresh' })));
    expect(both.map(({ applied }) => applied.length).sort()[0]).toBe(0);
  });

  it('are what the generated row types describe', async () => {
    const written = readFileSync(new URL('./types.generated.ts', import.meta.url), 'utf8');
    expect(await describeSchema(adminUrl)).toBe(written);
  });
});

describe('the migrator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'talkide-migrations-'));
  const scratch = withDatabase(server.adminUrl, 'scratch');
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    rmSync(folder, { recursive: true });
    await admin.query('drop database if exists scratch with (force)');
    await admin.query('create database scratch owner talkide_owner');
    mkdirSync(folder);
    write('0001_one.sql', 'create table one ()');
  });

  it('applies each file once, in order', async () => {
    write('0002_two.sql', 'alter table one add column two int');
    write('notes.txt', 'not a migration');
    expect(await migrate(scratch, folder)).toEqual(['0001_one.sql', '0002_two.sql']);
    expect(await migrate(scratch, folder)).toEqual([]);
    write('0003_three.sql', 'alter table one add column three int');
    expect(await migrate(scratch, folder)).toEqual(['0003_three.sql']);
  });

  it('refuses a file that was changed after it had been applied', async () => {
    await migrate(scratch, folder);
    write('0001_one.sql', 'create table other ()');
    await expect(migrate(scratch, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  });

  it('refuses a database that a newer release has migrated', async () => {
    write('0002_two.sql', 'create table two ()');
    await migrate(scratch, folder);
    rmSync(join(folder, '0002_two.sql'));
    await expect(migrate(scratch, folder)).rejects.toMatchObject({ code: 'MIGRATION_MISSING' });
  });

  it('leaves nothing of a file that fails, and keeps those before it', async () => {
    write('0002_two.sql', 'create table two (); select 1 / 0');
    await expect(migrate(scratch, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
    write('0002_two.sql', 'create table two ()');
    expect(await migrate(scratch, folder)).toEqual(['0002_two.sql']);
  });
});
