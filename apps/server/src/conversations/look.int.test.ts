import { type Look, WORKER_PATHS } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { ConversationsDeps } from './ports.ts';
import { type FakeTurn, FakeWorkerClient } from './testing/fake-worker-client.ts';
import { conversationsRig, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000, stopGraceMs: 60_000 });
const seen: Look = { outcome: 'answered', answers: [], log: 'all is well' };
const looks: Parameters<ConversationsDeps['look']>[0][] = [];
const remember: ConversationsDeps['look'] = async (look) => {
  looks.push(look);
  return seen;
};
let anna: Person;
let turn: FakeTurn;

beforeEach(async () => {
  looks.length = 0;
  rig.state.look = remember;
  anna = await rig.person();
  await anna.say('A guest book, please');
  turn = await anna.worker.claim();
});

const steps = [{ path: '/' }];
const look = (person: Person, body: object = {}, turnId = turn.assignment.turnId) =>
  person.worker.post(WORKER_PATHS.look(turnId), { leaseToken: turn.assignment.leaseToken, steps, ...body });

describe('look', () => {
  it('200 shows a running turn the application of its own project', async () => {
    expect(await look(anna)).toMatchObject({ status: 200, body: seen });
    const { tenantId, projectId } = anna;
    expect(looks).toEqual([{ tenantId, projectId, steps: [{ method: 'GET', path: '/' }] }]);
  });

  it('400 refuses a path that leads elsewhere', async () => {
    for (const path of ['//evil.example/', 'http://evil.example/', '/../etc/passwd', '/a b'])
      expect(await look(anna, { steps: [{ path }] })).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(looks).toEqual([]);
  });

  it('409 refuses a turn that has ended, another lease, and a turn that is not', async () => {
    const other = { leaseToken: '7f0e3a52-6d2c-4a4e-9d5e-0f4d8f1c2b3a' };
    expect(await look(anna, other)).toMatchObject({ status: 409, body: { code: 'lease_lost' } });
    expect(await look(anna, {}, '999999999')).toMatchObject({ status: 409 });
    expect((await turn.end('SUCCEEDED')).status).toBe(204);
    expect(await look(anna)).toMatchObject({ status: 409, body: { code: 'lease_lost' } });
    expect(looks).toEqual([]);
  });

  it('409 refuses the worker of another tenant, also with the right lease', async () => {
    const ben = await rig.person();
    expect(await look(ben)).toMatchObject({ status: 409 });
    expect(looks).toEqual([]);
  });

  it('401 refuses a worker that is not known', async () => {
    const stranger = new FakeWorkerClient(rig.socketPath, `tkw_${anna.environmentId}_${'0'.repeat(64)}`);
    const { turnId, leaseToken } = turn.assignment;
    expect(await stranger.post(WORKER_PATHS.look(turnId), { leaseToken, steps })).toMatchObject({ status: 401 });
  });

  it('is called off when the worker hangs up', async () => {
    const called = Promise.withResolvers<void>();
    const off = Promise.withResolvers<void>();
    rig.state.look = (_look, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          off.resolve();
          reject(signal.reason);
        });
        called.resolve();
      });
    const leaving = new AbortController();
    const body = { leaseToken: turn.assignment.leaseToken, steps };
    const asked = anna.worker.post(WORKER_PATHS.look(turn.assignment.turnId), body, leaving.signal);
    await called.promise;
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await off.promise;
  });
});
