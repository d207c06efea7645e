import { afterAll, beforeEach, expect, test } from 'vitest';
import { AppSupervisor, RuntimeUnavailable } from '../runtime/index.ts';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { BUILD_CHANNEL, expireBuilds } from './build-queue.ts';
import type { AppProcesses } from './launcher.ts';
import { eventually, hostedRig } from './testing/hosted.ts';

const { db } = await testDatabase();
/** What the next starts of a process fail with. */
const faults: Error[] = [];
const rig = await hostedRig({
  db,
  dataPlane: await testDataPlane(),
  changes: ({ runtime }) => {
    const supervisor = new AppSupervisor({ runtime, idleMs: 600_000 });
    afterAll(() => supervisor.stopAll());
    const apps: AppProcesses = {
      ensure: async (id, spec) => {
        const fault = faults.shift();
        if (fault) throw fault;
        return supervisor.ensure(id, spec);
      },
      drainAndStop: (id, maxMs) => supervisor.drainAndStop(id, maxMs),
    };
    return { apps };
  },
});
beforeEach(() => void rig.errors.splice(0));

const version = (projectId: string) =>
  db.system((tx) =>
    tx.selectFrom('project_version').select('status').where('project_id', '=', projectId).executeTakeFirstOrThrow(),
  );

test('a preview that the platform could not start is tried again; Mara hears nothing of it', async () => {
  faults.push(new Error('the database said: secret'));
  const ada = await rig.person();
  const project = await ada.create('Unlucky');
  const failed = await ada.released(project, 'PREVIEW', 'FAILED');
  expect(failed.error).toMatch(/^The platform could not start it/);
  await eventually(async () => rig.errors.length > 0);
  await db.system(async (tx) => {
    await expireBuilds(tx);
    await db.notify(tx, BUILD_CHANNEL, '');
  });
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  expect(await version(project.id)).toEqual({ status: 'APPLIED' });
  expect(rig.failures).toEqual([]);
});

test('a preview without sandboxes ends with the reason; Mara hears nothing of it', async () => {
  faults.push(new RuntimeUnavailable('There is no bubblewrap.', 'Install it.'));
  const ada = await rig.person();
  const project = await ada.create('Bare');
  const failed = await ada.released(project, 'PREVIEW', 'FAILED');
  expect(failed.error).toBe('There is no bubblewrap. Install it.');
  await eventually(async () => (await version(project.id)).status === 'FAILED');
  expect([rig.failures, rig.errors]).toEqual([[], []]);
});
