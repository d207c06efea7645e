import { expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { endWhatIsInDoubt } from './in-doubt.ts';
import { addRelease, halfDone } from './releases.ts';
import { eventually, hostedRig } from './testing/hosted.ts';

const { db } = await testDatabase();
const rig = await hostedRig({ db, dataPlane: await testDataPlane() });

test('after an outage, what a commit began that nobody heard of is ended; what is in somebody’s hands is left', async () => {
  const ada = await rig.person();
  const project = await ada.create('Doubtful');
  const serving = await ada.released(project, 'PREVIEW', 'ACTIVE');
  const version = await db.system((tx) =>
    tx.selectFrom('project_version').select('id').where('project_id', '=', project.id).executeTakeFirstOrThrow(),
  );
  const begin = (kind: 'PREVIEW' | 'PUBLISHED', seat = 1) =>
    db.system((tx) =>
      addRelease(tx, {
        ...{ tenantId: ada.tenantId, projectId: project.id, versionId: version.id, kind },
        artefactDigest: `sha256:${'0'.repeat(64)}`,
        seat,
      }),
    );
  const [lost, repeated, theirs] = [await begin('PUBLISHED'), await begin('PREVIEW'), await begin('PREVIEW')];
  const left = await begin('PREVIEW');
  const ofAnother = await begin('PUBLISHED', 2);
  await db.system((tx) => tx.updateTable('release').set({ status: 'DRAINING' }).where('id', '=', left.id).execute());
  const drained: string[] = [];
  const returns: (() => Promise<unknown>)[] = [];
  const watch = endWhatIsInDoubt({
    db: { ...db, afterReturn: (work) => void returns.push(work) },
    seat: 1,
    deployer: { inHand: () => new Set([theirs.id]), drain: (_tenant, id) => void drained.push(id) },
    publisher: { inHand: () => new Set() },
    considerMs: 0,
    onError: (error) => rig.errors.push(error),
  });
  const statusOf = (id: string) =>
    db.system((tx) =>
      tx.selectFrom('release').select(['status', 'error']).where('id', '=', id).executeTakeFirstOrThrow(),
    );
  expect(returns).toHaveLength(1);
  await returns[0]?.();
  await eventually(async () => (await statusOf(lost.id)).status === 'FAILED');
  expect((await statusOf(lost.id)).error).toMatch(/lost its database/);
  // A build whose claim of it was lost has begun again.
  await eventually(async () => (await statusOf(repeated.id)).status === 'FAILED');
  for (const { id } of [theirs, ofAnother]) expect(await statusOf(id)).toMatchObject({ status: 'STARTING' });
  expect(await statusOf(serving.id)).toMatchObject({ status: 'ACTIVE' });
  expect(drained).toEqual([left.id]);
  await watch.close();
  expect(rig.errors).toEqual([]);
});

test('a preview that its build has begun and not yet started stays', async () => {
  const ada = await rig.person();
  const project = await ada.create('Prepared');
  const { versionNumber } = await ada.released(project, 'PREVIEW', 'ACTIVE');
  await ada.edit(project, 'README.md', 'The second.');
  await ada.released(project, 'PREVIEW', 'ACTIVE', versionNumber + 1);
  const starting = await db.system(async (tx) => {
    const { id } = await tx
      .selectFrom('release')
      .select('id')
      .where('project_id', '=', project.id)
      .where('status', '=', 'ACTIVE')
      .executeTakeFirstOrThrow();
    await tx.updateTable('release').set({ status: 'STARTING', activated_at: null }).where('id', '=', id).execute();
    return id;
  });
  const found = await db.system((tx) => halfDone(tx, 1));
  expect(found.map(({ id }) => id)).not.toContain(starting);
});
