import { versionRoutes } from '@talkide/contracts';
import { expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../../testing/index.ts';
import { hostedRig } from '../testing/hosted.ts';

const { db } = await testDatabase();
const rig = await hostedRig({ db, dataPlane: await testDataPlane(), changes: () => ({ toolFolders: [] }) });

test('without the tools a version has no data to go back to, says so, and goes back with the code alone', async () => {
  const bob = await rig.person();
  const project = await bob.create('Without tools');
  await bob.released(project, 'PREVIEW', 'ACTIVE', 1);
  await bob.edit(project, 'README.md', '2');
  await bob.released(project, 'PREVIEW', 'ACTIVE', 2);
  const restore = (withData: boolean) =>
    bob.call(versionRoutes.restoreVersion, { params: { id: project.id, number: 1 }, body: { withData } });
  const { items } = (await bob.call(versionRoutes.listVersions, { params: { id: project.id } })).body;
  expect(items[1]?.checkpoint).toMatchObject({ status: 'FAILED' });
  expect(await restore(true)).toMatchObject({ status: 409, body: { code: 'checkpoints_unavailable' } });
  expect((await restore(false)).status).toBe(201);
  await bob.released(project, 'PREVIEW', 'ACTIVE', 3);
  expect(rig.errors).toEqual([]);
});
