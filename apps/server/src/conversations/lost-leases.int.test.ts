import { randomUUID } from 'node:crypto';
import { WORKER_PATHS } from '@talkide/contracts';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../errors.ts';
import { testDatabase } from '../testing/index.ts';
import { activity, FakeWorkerClient } from './testing/fake-worker-client.ts';
import { conversationsRig, oneFile, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000 });
let anna: Person;
beforeEach(async () => {
  anna = await rig.person();
  rig.projects.calls.length = 0;
});

const turnRow = (id: string) =>
  db.system((tx) => tx.selectFrom('turn').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
const statusOf = (id: string) => expect.poll(async () => (await turnRow(id)).status, { timeout: 20_000 });
const expireLease = (id: string) =>
  db.system((tx) =>
    tx.updateTable('turn').set({ lease_expires_at: sql`now() - interval '1 second'` }).where('id', '=', id).execute(),
  );
const view = async () => (await anna.call('GET', `/api/projects/${anna.projectId}/conversation`)).body;
const workersOf = (person: Person) => rig.workers.started.filter((one) => one.environmentId === person.environmentId);

describe('a lost lease', () => {
  it('puts the turn back; the next attempt starts on a clean tree and goes on counting events', async () => {
    const { turnId } = await anna.say('Hello');
    const first = await anna.worker.claim();
    await first.say('I begin.');
    await first.live(2, 0, 'And now I');
    await expireLease(turnId);
    await statusOf(turnId).toBe('QUEUED');
    expect((await turnRow(turnId)).token_hash).toBeNull();
    expect((await first.say('too late')).status).toBe(409);
    expect((await first.end('SUCCEEDED')).status).toBe(409);

    rig.projects.calls.length = 0;
    const second = await anna.worker.claim();
    expect(second.assignment).toMatchObject({ turnId, attempt: 2, nextSeq: 2 });
    expect(second.assignment.gatewayToken).not.toBe(first.assignment.gatewayToken);
    expect(rig.projects.calls).toContainEqual({ call: 'readyTree', projectId: anna.projectId });
    expect((await second.say('Done.')).body.ackedSeq).toBe(2);
    await second.end('SUCCEEDED');
    expect((await view()).messages.map((one: { content: string }) => one.content)).toEqual([
      'Hello',
      'I begin.',
      'Done.',
    ]);
  });

  it('is lost as well when it lasts longer than any: the clock was set back since', async () => {
    const { turnId } = await anna.say('Hello');
    await anna.worker.claim();
    const inAnHour = { lease_expires_at: sql<Date>`now() + interval '1 hour'` };
    await db.system((tx) => tx.updateTable('turn').set(inAnHour).where('id', '=', turnId).execute());
    await statusOf(turnId).toBe('QUEUED');
  });

  it('is kept by a worker that lives, whatever time it was given before', async () => {
    const { turnId } = await anna.say('Hello');
    const work = await anna.worker.claim();
    const inAnHour = { lease_expires_at: sql<Date>`now() + interval '1 hour'` };
    await db.system((tx) =>
      tx
        .updateTable('turn')
        .set({ ...inAnHour, stop_requested_at: sql<Date>`now()` })
        .where('id', '=', turnId)
        .execute(),
    );
    await work.heartbeat();
    const left = (await turnRow(turnId)).lease_expires_at?.getTime() ?? 0;
    expect(left - Date.now()).toBeLessThan(120_000);
    await work.end('STOPPED');
  });

  it('ends the delegations of the dead attempt, and goes on counting after them', async () => {
    const role = { agentRole: 'talkide-backend-dev' as const };
    const { turnId } = await anna.say('Hello');
    const first = await anna.worker.claim();
    await first.report([
      activity({ ...role, eventType: 'TASK_STARTED', taskKey: 'done', description: 'Route' }),
      activity({ ...role, eventType: 'TASK_COMPLETED', taskKey: 'done', description: 'Made' }),
      activity({ ...role, eventType: 'TASK_STARTED', taskKey: 'open', description: 'Table' }),
    ]);
    await expireLease(turnId);
    await statusOf(turnId).toBe('QUEUED');
    const second = await anna.worker.claim();
    expect(second.assignment.nextSeq).toBe(5);
    const { activities } = await view();
    expect(activities).toHaveLength(4);
    expect(activities[3]).toMatchObject({
      eventType: 'TASK_COMPLETED',
      parentActivityId: activities[2].id,
      description: 'Did not finish',
    });
    // Nobody is left open: the end of the turn adds nothing.
    await second.say('Done.');
    await second.end('SUCCEEDED');
    expect((await view()).activities).toHaveLength(4);
  });

  it('ends the silent worker before anybody else works in the tree', async () => {
    const { turnId } = await anna.say('Hello');
    await expect.poll(() => workersOf(anna).length).toBe(1);
    await anna.worker.claim();
    await expireLease(turnId);
    await expect.poll(() => workersOf(anna).length, { timeout: 20_000 }).toBe(2);
    expect(await workersOf(anna)[0]?.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('fails after three attempts with a notice that offers a retry', async () => {
    const { turnId } = await anna.say('Hello');
    for (let attempt = 1; attempt <= 3; attempt++) {
      const turn = await anna.worker.claim();
      expect(turn.assignment.attempt).toBe(attempt);
      await expireLease(turnId);
      await statusOf(turnId).toBe(attempt < 3 ? 'QUEUED' : 'FAILED');
    }
    expect(rig.projects.calls).toContainEqual({
      call: 'cleanTree',
      projectId: anna.projectId,
      about: { keepAs: turnId },
    });
    expect((await view()).messages.at(-1)).toMatchObject({
      role: 'SYSTEM',
      payload: { code: 'worker_lost', action: 'RETRY' },
    });
    expect((await anna.call('POST', `/api/turns/${turnId}/retry`)).status).toBe(201);
  });

  it('lets a result that comes in time win', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const ended = turn.end('SUCCEEDED');
    await expireLease(turnId);
    await ended;
    expect(['SUCCEEDED', 'QUEUED']).toContain((await turnRow(turnId)).status);
  });
});

describe('a turn that its worker died in', () => {
  it('204 is put back at once for the next worker to take', async () => {
    const { turnId } = await anna.say('Hello');
    const first = await anna.worker.claim();
    await first.say('I begin.');
    expect((await first.lost()).status).toBe(204);
    expect(await turnRow(turnId)).toMatchObject({ status: 'QUEUED', attempt: 1, token_hash: null, lease_token: null });
    expect((await first.say('too late')).status).toBe(409);
    const second = await anna.worker.claim();
    expect(second.assignment).toMatchObject({ turnId, attempt: 2 });
    await second.end('SUCCEEDED');
  });

  it('204 fails after three attempts, with a notice that offers a retry', async () => {
    const { turnId } = await anna.say('Hello');
    for (let attempt = 1; attempt <= 3; attempt++) expect((await (await anna.worker.claim()).lost()).status).toBe(204);
    expect((await turnRow(turnId)).status).toBe('FAILED');
    expect((await view()).messages.at(-1)).toMatchObject({ payload: { code: 'worker_lost', action: 'RETRY' } });
  });

  it('204 is stopped when that was asked for', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await anna.call('POST', `/api/turns/${turnId}/stop`);
    expect((await turn.lost()).status).toBe(204);
    expect((await turnRow(turnId)).status).toBe('CANCELLED');
  });

  it('204 is blamed for the death of its worker alone', async () => {
    await anna.say('Hello');
    const other = await rig.project(anna);
    await anna.call('POST', `/api/conversations/${other.conversationId}/messages`, { body: { content: 'Beside it' } });
    const [first, beside] = [await anna.worker.claim(), await anna.worker.claim()];
    expect((await first.lost()).status).toBe(204);
    expect((await beside.lost()).status).toBe(409);
    const rows = await Promise.all([first, beside].map(({ assignment }) => turnRow(assignment.turnId)));
    expect(rows).toMatchObject([
      { status: 'QUEUED', attempt: 1 },
      { status: 'QUEUED', attempt: 0 },
    ]);
    for (const turn of [await anna.worker.claim(), await anna.worker.claim()]) await turn.end('SUCCEEDED');
  });

  it('204 can be said again when its end failed, and ends it then', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await anna.call('POST', `/api/turns/${turnId}/stop`);
    rig.projects.commits.push(new DomainError('disk_full'));
    expect((await turn.lost()).status).toBe(503);
    expect((await turnRow(turnId)).status).toBe('RUNNING');
    expect((await turn.lost()).status).toBe(204);
    expect((await turnRow(turnId)).status).toBe('CANCELLED');
  });

  it('409 is nobody else’s to give back, nor twice, nor after its end', async () => {
    const ben = await rig.person();
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const path = WORKER_PATHS.lost(turnId);
    expect((await ben.worker.post(path, { leaseToken: turn.assignment.leaseToken })).status).toBe(409);
    expect((await turn.lost(randomUUID())).status).toBe(409);
    expect((await turnRow(turnId)).status).toBe('RUNNING');
    await turn.lost();
    expect((await turn.lost()).status).toBe(409);
    const again = await anna.worker.claim();
    await again.end('SUCCEEDED');
    expect((await again.lost()).status).toBe(409);
    expect((await turnRow(turnId)).status).toBe('SUCCEEDED');
  });

  it('400 without a lease, 401 without a worker’s token', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const path = WORKER_PATHS.lost(turnId);
    expect((await anna.worker.post(path, {})).status).toBe(400);
    expect((await new FakeWorkerClient(rig.socketPath, 'nobody').post(path, {})).status).toBe(401);
    await turn.end('SUCCEEDED');
  });
});

describe('a stop that the worker does not follow', () => {
  it('is carried out without it, and keeps what was said and done', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.live(1, 0, 'I am about to');
    rig.projects.commits.push(oneFile('half'));
    await anna.call('POST', `/api/turns/${turnId}/stop`);
    await statusOf(turnId).toBe('CANCELLED');
    const { messages } = await view();
    expect(messages.at(-1)).toMatchObject({ role: 'PM', content: 'I am about to', payload: { versionNumber: 1 } });
    expect((await turn.end('STOPPED')).status).toBe(409);
  });
});

describe('a worker that does not come up', () => {
  it('is tried again with pauses, then the waiting turns fail with a notice', async () => {
    rig.workers.failures.push(...Array.from({ length: 5 }, () => new Error('no sandbox')));
    const { turnId } = await anna.say('Hello');
    await expect.poll(async () => (await turnRow(turnId)).status, { timeout: 20_000 }).toBe('FAILED');
    expect((await view()).messages.at(-1)).toMatchObject({ payload: { code: 'worker_unavailable', action: 'RETRY' } });
  });

  it('is started again when it ended while a turn waits', async () => {
    await anna.say('Hello');
    await expect.poll(() => workersOf(anna).length).toBe(1);
    workersOf(anna)[0]?.exit(0);
    await expect.poll(() => workersOf(anna).length, { timeout: 20_000 }).toBe(2);
  });
});
