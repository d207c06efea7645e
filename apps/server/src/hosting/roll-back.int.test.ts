import { rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { type Project, type PublishedRelease, versionRoutes } from '@talkide/contracts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });
const page = (text: string) => `<template><main>${text}</main></template>\n`;

const publish = (ada: Person, project: Project) =>
  ada.call('POST', `/api/projects/${project.id}/publish`, { body: {} });
const list = async (ada: Person, project: Project): Promise<PublishedRelease[]> =>
  (await ada.call(versionRoutes.listPublished, { params: { id: project.id } })).body.items;
const rollBack = (who: Person, project: Project, releaseId: string) =>
  who.call('POST', `/api/projects/${project.id}/releases/${releaseId}/rollback`);
const builds = async (ada: Person, project: Project) =>
  (await ada.call('GET', `/api/projects/${project.id}/builds`)).body.items.length as number;

/** A project whose versions 1 and 2 were published, with the release of the first. */
async function twoPublished(name: string) {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  await publish(ada, project);
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
  await ada.edit(project, 'src/pages/Home.vue', page('second'));
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  await publish(ada, project);
  await ada.released(project, 'PUBLISHED', 'ACTIVE', 2);
  const [second, first] = await list(ada, project);
  if (!first || !second) throw new Error('two were published');
  return { ada, project, first, second };
}

/** A request every ten milliseconds, whatever the others do; the statuses that came. */
function hundredASecond(address: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const answers: Promise<number>[] = [];
  const timer = setInterval(() => {
    answers.push(
      rig.visit(address, '/', agent).then(
        ({ status }) => status,
        () => 0,
      ),
    );
  }, 10);
  return async () => {
    clearInterval(timer);
    const statuses = await Promise.all(answers);
    agent.destroy();
    return statuses;
  };
}

describe('rolling back', () => {
  test('lists what was published, by whom, and what serves', async () => {
    const { first, second, ada, project } = await twoPublished('Listed');
    const name = (
      await db.system((tx) =>
        tx.selectFrom('users').select('name').where('id', '=', ada.userId).executeTakeFirstOrThrow(),
      )
    ).name;
    expect(second).toMatchObject({ versionNumber: 2, serves: true, cause: 'DEPLOY', publishedBy: name });
    expect(first).toMatchObject({ versionNumber: 1, serves: false, cause: 'DEPLOY', publishedBy: name });
    await rig.hosting.restart({ tenantId: ada.tenantId, projectId: project.id }, 'PUBLISHED');
    await vi.waitUntil(async () => (await ada.released(project, 'PUBLISHED', 'ACTIVE', 2)).id !== second.id, 30_000);
    expect(await list(ada, project)).toEqual([second, first]);
  });

  test('promotes the kept artefact without a build and without a failed request at 100 a second', async () => {
    const { ada, project, first } = await twoPublished('Rolled back');
    const before = await builds(ada, project);
    const stop = hundredASecond(project.publicUrl);
    expect(await rollBack(ada, project, first.id)).toMatchObject({
      status: 202,
      body: { kind: 'PUBLISHED', status: 'STARTING', versionNumber: 1, artefactDigest: first.artefactDigest },
    });
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
    await ada.released(project, 'PUBLISHED', 'RETIRED', 2);
    const statuses = await stop();
    expect(statuses.length).toBeGreaterThan(20);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await builds(ada, project)).toBe(before);
    expect(
      (await list(ada, project)).map(({ versionNumber, cause, serves }) => [versionNumber, cause, serves]),
    ).toEqual([
      [1, 'ROLLBACK', true],
      [2, 'DEPLOY', false],
    ]);
    expect((await ada.call('GET', `/api/projects/${project.id}`)).body).toMatchObject({
      status: 'UPDATED',
      publishedVersion: 1,
    });
  });

  test('is refused for what serves, what is gone, what is not its own, while off, put away or under way', async () => {
    const { ada, project, first, second } = await twoPublished('Refused');
    expect(await rollBack(ada, project, second.id)).toMatchObject({ status: 409, body: { code: 'already_serving' } });
    const preview = await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    expect(await rollBack(ada, project, preview.id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await rollBack(await rig.person(), project, first.id)).status).toBe(404);
    expect((await rollBack(ada, project, 'nonsense')).status).toBe(404);
    const stranger = await rig.person();
    expect((await stranger.call(versionRoutes.listPublished, { params: { id: project.id } })).status).toBe(404);

    rig.publishing.off = true;
    onTestFinished(() => {
      rig.publishing.off = false;
    });
    expect(await rollBack(ada, project, first.id)).toMatchObject({ status: 503, body: { code: 'publish_off' } });
    rig.publishing.off = false;

    const status = { status: 'unavailable', reason: 'There is no bubblewrap.', mend: 'Install it.' } as const;
    const spy = vi.spyOn(rig.runtime, 'status', 'get').mockReturnValue(status);
    const unavailable = await rollBack(ada, project, first.id);
    spy.mockRestore();
    expect(unavailable).toMatchObject({ status: 503, body: { code: 'runtime_unavailable' } });

    const both = await Promise.all([rollBack(ada, project, first.id), rollBack(ada, project, first.id)]);
    expect(both.map((one) => one.status).sort()).toEqual([202, 409]);
    expect(both.find((one) => one.status === 409)?.body).toMatchObject({ code: 'publish_running' });
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);

    await rm(join(rig.home, 'artefacts', second.artefactDigest.replace('sha256:', '')), { recursive: true });
    expect(await rollBack(ada, project, second.id)).toMatchObject({ status: 409, body: { code: 'release_collected' } });
    await ada.call('POST', `/api/projects/${project.id}/pause`);
    expect(await rollBack(ada, project, second.id)).toMatchObject({
      status: 409,
      body: { code: 'project_not_active' },
    });
  });

  test('an application that was taken down comes back', async () => {
    const { ada, project, first } = await twoPublished('Taken down');
    await ada.call('POST', `/api/projects/${project.id}/unpublish`);
    expect((await list(ada, project)).some(({ serves }) => serves)).toBe(false);
    expect((await rollBack(ada, project, first.id)).status).toBe(202);
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
    expect((await rig.visit(project.publicUrl)).status).toBe(200);
  });

  test('with the same Idempotency-Key answers the same release', async () => {
    const { ada, project, first } = await twoPublished('Once');
    const again = () =>
      ada.call('POST', `/api/projects/${project.id}/releases/${first.id}/rollback`, {
        headers: { 'idempotency-key': 'k' },
      });
    const { status, body } = await again();
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
    expect(await again()).toMatchObject({ status, body });
  });
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
