import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { createDatabase, type DatabaseNews } from './index.ts';

const { url, adminUrl } = await testDatabase();

/** A pool whose steady clock the test sets: to set that forward is to set the server's clock back. */
function open() {
  const news: DatabaseNews[] = [];
  let ahead = 0;
  const db = createDatabase({
    ...{ url, poolSize: 3, onNews: (one: DatabaseNews) => news.push(one) },
    monotonic: () => performance.now() + ahead,
  });
  onTestFinished(() => db.close());
  const pass = (ms: number) => {
    ahead += ms;
  };
  return { db, news, pass };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test('a connection that breaks is told once, and its transaction is refused with a sentence', async () => {
  const { db, news } = open();
  const broken = db.system(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await asAdmin(`select pg_terminate_backend(${rows[0]?.pid}, 10000)`);
    await sql`select 1`.execute(tx);
  });
  await expect(broken).rejects.toMatchObject({ code: 'database_away', status: 503, facts: { retryAfterSeconds: 2 } });
  await vi.waitUntil(() => news.length > 0);
  expect(news).toMatchObject([{ kind: 'broken' }]);
  expect(db.isAway).toBe(false);
  await db.system((tx) => sql`select 1`.execute(tx));
});

test.each([
  ['back', 3_600_000],
  ['forward', -3_600_000],
])('a clock that is set an hour %s makes what was steady begin anew', async (_way, ms) => {
  const { db, news, pass } = open();
  expect(await db.steadyForMs()).toBe(Number.POSITIVE_INFINITY);
  const renewed = vi.fn(async () => {});
  db.afterReturn(renewed);
  pass(ms);
  expect(await db.steadyForMs()).toBeLessThan(5_000);
  const [jump, ...others] = news;
  expect(others).toEqual([]);
  expect(jump?.kind === 'jumped' && Math.round(-jump.byMs / 60_000)).toBe(ms / 60_000);
  expect(renewed).toHaveBeenCalledOnce();
});

test('a server that cannot be had is away: who asks is refused at once, and a closed pool waits for nobody', async () => {
  const news: DatabaseNews[] = [];
  const db = createDatabase({
    url: 'postgresql://nobody@127.0.0.1:9/none',
    poolSize: 2,
    onNews: (one) => news.push(one),
  });
  await expect(db.system(async () => {})).rejects.toMatchObject({ code: 'database_away' });
  await vi.waitUntil(() => db.isAway);
  await expect(db.tenant('1', async () => {})).rejects.toMatchObject({ code: 'database_away' });
  await expect(db.steadyForMs()).rejects.toMatchObject({ code: 'database_away' });
  expect(news.map(({ kind }) => kind)).toEqual(['away']);
  const waiting = db.answering();
  await db.close();
  await waiting;
});
