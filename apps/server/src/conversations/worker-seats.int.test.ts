import { describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { conversationsRig } from './testing/rig.ts';

const { db } = await testDatabase();

const seatOf = (environmentId: string) =>
  db.system(async (tx) => {
    const found = tx.selectFrom('environment').select('worker_seat').where('id', '=', environmentId);
    return (await found.executeTakeFirstOrThrow()).worker_seat;
  });
const turnOf = (id: string) =>
  db.system((tx) => tx.selectFrom('turn').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
const shortenLease = (id: string) =>
  db.system((tx) =>
    tx
      .updateTable('turn')
      .set({ lease_expires_at: new Date(0) })
      .where('id', '=', id)
      .execute(),
  );

/** Two platforms on one database, with one person, who talks to the first. */
async function twoPlatforms() {
  const [first, second] = [await conversationsRig(db), await conversationsRig(db, {}, { seat: 2 })];
  const anna = await first.person();
  const startedBy = (rig: typeof first) =>
    rig.workers.started.filter((one) => one.environmentId === anna.environmentId).length;
  return { first, second, anna, startedBy };
}

describe('several platforms', () => {
  it('run one worker for an environment between them', async () => {
    const { first, second, anna, startedBy } = await twoPlatforms();
    await anna.say('Hello');
    await expect.poll(() => startedBy(first) + startedBy(second)).toBe(1);
    expect(await seatOf(anna.environmentId)).toBe(startedBy(first) === 1 ? 1 : 2);
    await anna.say('And more');
    expect(startedBy(first) + startedBy(second)).toBe(1);
  });

  it('leave an environment to each other when its worker has nothing to do', async () => {
    const { first, second, anna, startedBy } = await twoPlatforms();
    await anna.say('Hello');
    await expect.poll(() => startedBy(first) + startedBy(second)).toBe(1);
    const turn = await anna.worker.claim();
    await turn.say('Done.');
    await turn.end('SUCCEEDED');
    const holder = startedBy(first) === 1 ? first : second;
    holder.workers.started.find((one) => one.environmentId === anna.environmentId)?.exit(0);
    await expect.poll(() => seatOf(anna.environmentId)).toBeNull();
  });

  it('take up the turns of one that died, and none of one that lives', async () => {
    const { first, second, anna } = await twoPlatforms();
    await db.system((tx) =>
      tx.updateTable('environment').set({ worker_seat: 3 }).where('id', '=', anna.environmentId).execute(),
    );
    const { turnId } = await anna.say('Hello');
    await anna.worker.claim();
    await shortenLease(turnId);
    // A turn of nobody's, whose lease is over too, is settled by either; this one stays.
    const other = await second.person();
    const theirs = await other.say('Hello');
    await other.worker.claim();
    await shortenLease(theirs.turnId);
    await expect.poll(async () => (await turnOf(theirs.turnId)).status, { timeout: 10_000 }).toBe('QUEUED');
    expect(await turnOf(turnId)).toMatchObject({ status: 'RUNNING' });
    await first.conversations.takeUp(3);
    await expect.poll(async () => (await turnOf(turnId)).status, { timeout: 10_000 }).toBe('QUEUED');
    expect(await seatOf(anna.environmentId)).not.toBe(3);
  });

  it('forget seats that there are not any more at a start', async () => {
    const rig = await conversationsRig(db, {}, { start: false });
    const anna = await rig.person();
    await db.system((tx) =>
      tx.updateTable('environment').set({ worker_seat: 9 }).where('id', '=', anna.environmentId).execute(),
    );
    await rig.conversations.start([1, 9]);
    expect(await seatOf(anna.environmentId)).toBe(9);
    await rig.conversations.start([1, 2]);
    expect(await seatOf(anna.environmentId)).toBeNull();
  });
});
