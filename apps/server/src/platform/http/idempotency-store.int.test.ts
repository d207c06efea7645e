import { sql } from 'kysely';
import { beforeEach, expect, test, vi } from 'vitest';
import { createTenant, testDatabase } from '../../testing/index.ts';
import type { Database } from '../db/index.ts';
import { databaseAway } from '../db/trouble.ts';
import { createIdempotencyStore } from './idempotency-store.ts';

const { db } = await testDatabase();
const store = createIdempotencyStore(db);
let userId: string;
let people = 0;
beforeEach(async () => {
  people += 1;
  userId = (await createTenant(db, { email: `p${people}@example.com` })).userId;
});
const tenantOf = (owner: string) =>
  db.system((tx) => tx.selectFrom('tenant').select('id').where('owner_id', '=', owner).executeTakeFirstOrThrow());
const age = (interval: string) =>
  db.system((tx) => sql`update idempotency_key set created_at = now() - ${interval}::interval`.execute(tx));

test('of many claims at the same moment one wins', async () => {
  const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(userId, 'k', 'f')));
  expect(claims.filter((claim) => claim === null)).toHaveLength(1);
  expect(claims.filter((claim) => claim?.pending)).toHaveLength(7);
});

test('the answer is kept with what was asked', async () => {
  await store.claim(userId, 'k', 'f');
  await store.complete(userId, 'k', { id: '7', list: [1] });
  expect(await store.claim(userId, 'k', 'f')).toEqual({
    fingerprint: 'f',
    response: { id: '7', list: [1] },
    pending: false,
  });
});

test('an answer that is kept with its effect stands or falls with it', async () => {
  await store.claim(userId, 'k', 'f');
  const failing = db.system(async (tx) => {
    await store.completeIn(tx, userId, 'k', { id: '7' });
    throw new Error('the effect failed');
  });
  await expect(failing).rejects.toThrow('the effect failed');
  expect(await store.claim(userId, 'k', 'f')).toMatchObject({ pending: true });
  const { id: tenantId } = await tenantOf(userId);
  await db.tenant(tenantId, (tx) => store.completeIn(tx, userId, 'k', { id: '7' }));
  expect(await store.claim(userId, 'k', 'f')).toMatchObject({ response: { id: '7' }, pending: false });
});

test('claims of a process that died are free at the start of the next one; answers stay', async () => {
  await store.claim(userId, 'died', 'f');
  await store.claim(userId, 'answered', 'f');
  await store.complete(userId, 'answered', {});
  await store.freeAll();
  expect(await store.claim(userId, 'died', 'f')).toBeNull();
  expect(await store.claim(userId, 'answered', 'f')).toMatchObject({ pending: false });
});

test('a released key is free', async () => {
  await store.claim(userId, 'k', 'f');
  await store.release(userId, 'k');
  expect(await store.claim(userId, 'k', 'g')).toBeNull();
});

test('an answer that was kept with its effect stays when the call fails after that', async () => {
  await store.claim(userId, 'k', 'f');
  await store.complete(userId, 'k', { id: '7' });
  await store.release(userId, 'k');
  expect(await store.claim(userId, 'k', 'f')).toMatchObject({ response: { id: '7' }, pending: false });
});

/** The database, away until it is let back. */
function outage() {
  const back = Promise.withResolvers<void>();
  let isAway = true;
  const away: Database = {
    ...db,
    system: (work) => (isAway ? Promise.reject(databaseAway()) : db.system(work)),
    answering: () => back.promise,
  };
  const end = () => {
    isAway = false;
    back.resolve();
  };
  return { store: createIdempotencyStore(away), end };
}

test('while the database is away nobody waits: an answer is kept and a key freed when it is back', async () => {
  const during = outage();
  for (const key of ['done', 'failed']) await store.claim(userId, key, 'f');
  await during.store.complete(userId, 'done', { id: '7' });
  await during.store.release(userId, 'failed');
  expect(await store.claim(userId, 'failed', 'f')).toMatchObject({ pending: true });
  during.end();
  await vi.waitFor(async () => expect(await store.claim(userId, 'failed', 'g')).toBeNull());
  await vi.waitFor(async () => expect(await store.claim(userId, 'done', 'f')).toMatchObject({ response: { id: '7' } }));
});

test('what comes late leaves the claim alone that another call has made since', async () => {
  const during = outage();
  await store.claim(userId, 'k', 'f');
  await during.store.release(userId, 'k');
  await during.store.complete(userId, 'k', { id: '7' });
  await age('2 minutes');
  expect(await store.claim(userId, 'k', 'f')).toBeNull();
  const late = vi.spyOn(db, 'system');
  during.end();
  await vi.waitUntil(() => late.mock.settledResults.filter(({ type }) => type === 'fulfilled').length === 2);
  late.mockRestore();
  expect(await store.claim(userId, 'k', 'f')).toMatchObject({ pending: true });
});

test('what is not an outage is heard of', async () => {
  const broken = createIdempotencyStore({ ...db, system: () => Promise.reject(new Error('no such table')) });
  await expect(broken.release(userId, 'k')).rejects.toThrow('no such table');
});

test('a claim whose process died is free after a minute, an answer after a day', async () => {
  await store.claim(userId, 'died', 'f');
  await store.claim(userId, 'answered', 'f');
  await store.complete(userId, 'answered', {});
  await age('2 minutes');
  expect(await store.claim(userId, 'died', 'f')).toBeNull();
  expect(await store.claim(userId, 'answered', 'f')).toMatchObject({ pending: false });
  await age('25 hours');
  expect(await store.claim(userId, 'answered', 'f')).toBeNull();
});
