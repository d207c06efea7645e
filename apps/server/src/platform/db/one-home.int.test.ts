import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { createDatabase, isAnotherAtWork, withDatabase } from './index.ts';

const { url, adminUrl } = await testDatabase();

async function open(home?: string) {
  const db = createDatabase({ url, poolSize: 2, home });
  onTestFinished(() => db.close());
  await db.steadyForMs();
  return db;
}

test('a home is told of platforms of another that work with the database, and not of its own', async () => {
  const none = withDatabase(adminUrl, 'not_made_yet');
  for (const at of [adminUrl, none]) expect(await isAnotherAtWork(at, 'here')).toBe(false);
  const [one, two, nobody] = [await open('here'), await open('here'), await open()];
  expect(await isAnotherAtWork(adminUrl, 'here')).toBe(false);
  expect(await isAnotherAtWork(adminUrl, 'elsewhere')).toBe(true);
  // Also by the account of the platform, who sees nothing of others' connections.
  expect(await isAnotherAtWork(url, 'elsewhere')).toBe(true);
  await one.close();
  expect(await isAnotherAtWork(adminUrl, 'elsewhere')).toBe(true);
  await two.close();
  await vi.waitUntil(async () => !(await isAnotherAtWork(adminUrl, 'elsewhere')));
  await nobody.close();
});

test('it is said again after the connection broke', async () => {
  const news: string[] = [];
  const db = createDatabase({ url, poolSize: 2, home: 'here', onNews: ({ kind }) => news.push(kind) });
  onTestFinished(() => db.close());
  await db.steadyForMs();
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid, 10000) from pg_stat_activity
      where application_name = 'talkide-look' and datname = current_database()`,
  );
  await client.end();
  await vi.waitUntil(() => news.includes('back'), { timeout: 10_000 });
  expect(await isAnotherAtWork(adminUrl, 'elsewhere')).toBe(true);
});
