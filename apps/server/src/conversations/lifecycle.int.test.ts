import { describe, expect, it } from 'vitest';
import type { WorkerProcess } from '../runtime/runtime.ts';
import { testDatabase } from '../testing/index.ts';
import { conversationsRig } from './testing/rig.ts';

const { db } = await testDatabase();

const turnRow = (id: string) =>
  db.system((tx) => tx.selectFrom('turn').selectAll().where('id', '=', id).executeTakeFirstOrThrow());

const shortenLease = (id: string) =>
  db.system((tx) =>
    tx
      .updateTable('turn')
      .set({ lease_expires_at: new Date(Date.now() + 20_000) })
      .where('id', '=', id)
      .execute(),
  );

describe('a restart of the platform', () => {
  it('gives feeds their reason, ends workers and puts their turns back without counting the attempt', async () => {
    const rig = await conversationsRig(db, { leaseMs: 60_000, claimHoldMs: 60_000, heartbeatHoldMs: 60_000 });
    const anna = await rig.person();
    const { turnId } = await anna.say('Hello');
    await expect.poll(() => rig.workers.started.length).toBe(1);
    const turn = await anna.worker.claim();
    const feed = await anna.feed('/api/feed');
    await shortenLease(turnId);
    const held = turn.heartbeat();
    await expect
      .poll(async () => (await turnRow(turnId)).lease_expires_at?.getTime())
      .toBeGreaterThan(Date.now() + 50_000);

    await rig.conversations.close();
    await feed.ended;
    expect(feed.events.at(-1)).toEqual({ type: 'feed.closed', reason: 'shutting_down' });
    await held;
    expect(await turnRow(turnId)).toMatchObject({ status: 'QUEUED', attempt: 0, token_hash: null });
    expect((await anna.worker.post('/worker/claim', {})).status).toBe(503);
  });

  it('leaves a turn to a worker that goes on, and looks after that worker', async () => {
    const survivors: { environmentId: string; process: WorkerProcess }[] = [];
    const rig = await conversationsRig(db, { leaseMs: 60_000 }, { survivors, start: false });
    const anna = await rig.person();
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await shortenLease(turnId);
    const process = await rig.workers.start(anna.environmentId, 'token');
    survivors.push({ environmentId: anna.environmentId, process });
    await rig.conversations.start();
    const lease = (await turnRow(turnId)).lease_expires_at?.getTime();
    expect(lease).toBeGreaterThan(Date.now() + 50_000);
    await turn.say('Done.');
    expect((await turn.end('SUCCEEDED')).status).toBe(204);
    expect(await turnRow(turnId)).toMatchObject({ status: 'SUCCEEDED', attempt: 1 });
    // It is the environment's worker: no other is started beside it, and it ends with this process.
    await anna.say('And now?');
    expect(rig.workers.started.filter((one) => one.environmentId === anna.environmentId)).toHaveLength(1);
    await rig.conversations.close();
    expect(await process.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('takes up turns that wait, and those whose workers died with the last process', async () => {
    const rig = await conversationsRig(db, { leaseMs: 60_000 }, { survivors: [], start: false });
    const anna = await rig.person();
    const { turnId } = await anna.say('Hello');
    await anna.worker.claim();
    await rig.conversations.start();
    await expect.poll(async () => (await turnRow(turnId)).status, { timeout: 20_000 }).toBe('QUEUED');
    await expect.poll(() => rig.workers.started.some((one) => one.environmentId === anna.environmentId)).toBe(true);
    expect((await anna.worker.claim()).assignment).toMatchObject({ turnId, attempt: 2 });
  });
});
