import { type PackagesAnswer, WORKER_PATHS } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { type FakeTurn, FakeWorkerClient } from './testing/fake-worker-client.ts';
import { conversationsRig, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000, stopGraceMs: 60_000 });
const answer: PackagesAnswer = {
  ...{ outcome: 'installed', packageJson: '{"new":true}', lockfile: '{}', log: 'added 1 package' },
  modules: '/opt/packages/1/k/node_modules',
};
let changes: object[];
let anna: Person;
let turn: FakeTurn;

beforeEach(async () => {
  changes = [];
  rig.state.changePackages = async (of, change) => {
    changes.push({ of, change });
    return answer;
  };
  anna = await rig.person();
  await anna.say('A guest book, please');
  turn = await anna.worker.claim();
});

const files = { packageJson: '{}', lockfile: '{}', add: ['dayjs'], remove: [] };
const change = (person: Person, body: object = {}, turnId = turn.assignment.turnId) =>
  person.worker.post(WORKER_PATHS.packages(turnId), { leaseToken: turn.assignment.leaseToken, ...files, ...body });

describe('packages', () => {
  it('200 changes those of the running turn’s own project', async () => {
    expect(await change(anna)).toMatchObject({ status: 200, body: answer });
    const { tenantId, projectId } = anna;
    expect(changes).toEqual([{ of: { tenantId, projectId }, change: files }]);
  });

  it('400 refuses what is no package of the registry', async () => {
    for (const name of ['--global', '../mine', 'file:/etc', 'git+ssh://x/y', 'http://x/y.tgz', 'a b', 'a@b:c', ''])
      expect(await change(anna, { add: [name] })).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await change(anna, { remove: ['dayjs@1'] })).toMatchObject({ status: 400 });
    expect(await change(anna, { add: Array.from({ length: 21 }, () => 'dayjs') })).toMatchObject({ status: 400 });
    expect(changes).toEqual([]);
  });

  it('409 refuses a turn that has ended, another lease, a turn that is not, and the worker of another tenant', async () => {
    const other = { leaseToken: '7f0e3a52-6d2c-4a4e-9d5e-0f4d8f1c2b3a' };
    expect(await change(anna, other)).toMatchObject({ status: 409, body: { code: 'lease_lost' } });
    expect(await change(anna, {}, '999999999')).toMatchObject({ status: 409 });
    expect(await change(await rig.person())).toMatchObject({ status: 409 });
    expect((await turn.end('SUCCEEDED')).status).toBe(204);
    expect(await change(anna)).toMatchObject({ status: 409, body: { code: 'lease_lost' } });
    expect(changes).toEqual([]);
  });

  it('401 refuses a worker that is not known', async () => {
    const stranger = new FakeWorkerClient(rig.socketPath, `tkw_${anna.environmentId}_${'0'.repeat(64)}`);
    const { turnId, leaseToken } = turn.assignment;
    expect(await stranger.post(WORKER_PATHS.packages(turnId), { leaseToken, ...files })).toMatchObject({ status: 401 });
  });
});
