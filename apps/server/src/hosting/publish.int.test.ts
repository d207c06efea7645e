import { rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import type { Project } from '@talkide/contracts';
import { versionRoutes } from '@talkide/contracts';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { schemaName } from './data-plane.ts';
import { processId } from './launcher.ts';
import { eventually, hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });
const page = (text: string) => `<template><main>${text}</main></template>\n`;

async function previewed(name: string): Promise<{ ada: Person; project: Project }> {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  return { ada, project };
}
const publish = (ada: Person, project: Project, body = {}) =>
  ada.call('POST', `/api/projects/${project.id}/publish`, { body });
async function published(name: string) {
  const made = await previewed(name);
  await publish(made.ada, made.project);
  await made.ada.released(made.project, 'PUBLISHED', 'ACTIVE');
  return made;
}

/** Asks all the time until it is stopped; the statuses that came. */
function load(address: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const statuses = new Map<number, number>();
  let going = true;
  const ask = async () => {
    while (going) {
      const { status } = await rig.visit(address, '/', agent);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const askers = [ask(), ask(), ask(), ask()];
  return async () => {
    going = false;
    await Promise.all(askers);
    agent.destroy();
    return Object.fromEntries(statuses);
  };
}

describe('publishing', () => {
  test('promotes the previewed artefact and switches without a failed request', async () => {
    const { ada, project } = await published('Switch');
    const stop = load(project.publicUrl);
    await ada.edit(project, 'src/pages/Home.vue', page('second'));
    const preview = await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    expect((await publish(ada, project)).body).toMatchObject({
      kind: 'PUBLISHED',
      status: 'STARTING',
      versionNumber: 2,
    });
    const release = await ada.released(project, 'PUBLISHED', 'ACTIVE', 2);
    await eventually(async () =>
      (await ada.call('GET', `/api/projects/${project.id}/releases`)).body.items.every(
        (one: { status: string }) => one.status === 'ACTIVE' || one.status === 'RETIRED',
      ),
    );
    expect(release.artefactDigest).toBe(preview.artefactDigest);
    expect(Object.keys(await stop())).toEqual(['200']);
    expect((await ada.call('GET', `/api/projects/${project.id}`)).body).toMatchObject({ status: 'LIVE' });
  });

  test('an older version by its number serves it, and the project has unpublished changes', async () => {
    const { ada, project } = await published('Back');
    await ada.edit(project, 'src/pages/Home.vue', page('second'));
    await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    await publish(ada, project);
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 2);
    expect((await publish(ada, project, { versionNumber: 1 })).status).toBe(202);
    await ada.released(project, 'PUBLISHED', 'ACTIVE', 1);
    expect((await ada.call('GET', `/api/projects/${project.id}`)).body).toMatchObject({ status: 'UPDATED' });
  });

  test('twice at the same moment runs once', async () => {
    const { ada, project } = await previewed('Twice');
    const answers = await Promise.all([publish(ada, project), publish(ada, project)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('publish_running');
    await ada.released(project, 'PUBLISHED', 'ACTIVE');
  });

  test('with the same Idempotency-Key answers the same release', async () => {
    const { ada, project } = await previewed('Once');
    const again = () =>
      ada.call('POST', `/api/projects/${project.id}/publish`, { body: {}, headers: { 'idempotency-key': 'k' } });
    const { status, body } = await again();
    await ada.released(project, 'PUBLISHED', 'ACTIVE');
    expect(await again()).toMatchObject({ status, body });
  });

  describe('a version whose artefact was collected', () => {
    /** A project at version 3 with the digest of its second, whose artefact is gone. */
    async function collected(name: string) {
      const { ada, project } = await previewed(name);
      await ada.edit(project, 'src/pages/Home.vue', page('second'));
      const { artefactDigest } = await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
      await ada.edit(project, 'src/pages/Home.vue', page('third'));
      await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
      await ada.released(project, 'PREVIEW', 'RETIRED', 2);
      await rm(join(rig.home, 'artefacts', artefactDigest.replace('sha256:', '')), { recursive: true });
      return { ada, project, artefactDigest };
    }

    test('is built again, to the very same bytes, and serves', async () => {
      const { ada, project, artefactDigest } = await collected('Collected');
      expect((await publish(ada, project, { versionNumber: 2 })).status).toBe(202);
      expect(await ada.released(project, 'PUBLISHED', 'ACTIVE', 2)).toMatchObject({ artefactDigest });
      expect((await rig.visit(project.publicUrl)).status).toBe(200);
    });

    test('fails with a sentence when it would become something else', async () => {
      const { ada, project, artefactDigest } = await collected('Not the same');
      const changed = `sha256:${'0'.repeat(64)}`;
      await db.system((tx) =>
        tx
          .updateTable('build')
          .set({ artefact_digest: changed })
          .where('project_id', '=', project.id)
          .where('artefact_digest', '=', artefactDigest)
          .execute(),
      );
      await publish(ada, project, { versionNumber: 2 });
      expect(await ada.released(project, 'PUBLISHED', 'FAILED', 2)).toMatchObject({
        error: expect.stringContaining('Restore it, then publish'),
      });
      await expect.poll(() => rig.errors).toHaveLength(1);
      rig.errors.length = 0;
      expect((await rig.visit(project.publicUrl)).status).toBe(404);
    });
  });

  test('is refused with the mend on a machine without sandboxes', async () => {
    const { ada, project } = await previewed('No sandboxes');
    const status = { status: 'unavailable', reason: 'There is no bubblewrap.', mend: 'Install it.' } as const;
    const spy = vi.spyOn(rig.runtime, 'status', 'get').mockReturnValue(status);
    onTestFinished(() => spy.mockRestore());
    expect(await publish(ada, project)).toMatchObject({
      status: 503,
      body: { code: 'runtime_unavailable', facts: { reason: status.reason, mend: 'Install it.' } },
    });
    expect((await ada.call(versionRoutes.listReleases, { params: { id: project.id } })).body.items).toHaveLength(1);
  });

  test('is refused where there is nothing, while it is off, and for a project that was put away', async () => {
    const { ada, project } = await previewed('Refused');
    expect(await publish(ada, project, { versionNumber: 9 })).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_publish' },
    });
    expect((await publish(ada, project, { versionNumber: 0 })).status).toBe(400);
    rig.publishing.off = true;
    onTestFinished(() => {
      rig.publishing.off = false;
    });
    expect(await publish(ada, project)).toMatchObject({
      status: 503,
      body: { code: 'publish_off', facts: { reason: 'maintenance' } },
    });
    rig.publishing.off = false;
    await ada.call('POST', `/api/projects/${project.id}/pause`);
    expect(await publish(ada, project)).toMatchObject({ status: 409, body: { code: 'project_not_active' } });
  });
});

describe('unpublishing', () => {
  test('takes the public address down and leaves the preview', async () => {
    const { ada, project } = await published('Taken down');
    const url = `/api/projects/${project.id}/unpublish`;
    expect((await ada.call('POST', url)).status).toBe(204);
    expect(await rig.visit(project.publicUrl)).toMatchObject({ status: 404 });
    expect((await rig.visit(project.previewUrl)).status).toBe(200);
    expect((await ada.call('GET', `/api/projects/${project.id}`)).body).toMatchObject({ status: 'DRAFT' });
    expect(await ada.call('POST', url)).toMatchObject({ status: 409, body: { code: 'not_published' } });
  });

  test('also calls a publish off that is under way', async () => {
    const { ada, project } = await previewed('Called off');
    await publish(ada, project);
    await ada.call('POST', `/api/projects/${project.id}/unpublish`);
    await ada.released(project, 'PUBLISHED', 'RETIRED');
    expect((await rig.visit(project.publicUrl)).status).toBe(404);
  });
});

describe('a paused project', () => {
  test('answers nothing, has no process, and comes back', async () => {
    const { ada, project } = await published('Paused');
    const preview = await ada.released(project, 'PREVIEW', 'ACTIVE');
    await ada.call('POST', `/api/projects/${project.id}/pause`);
    await eventually(async () => rig.apps.process(processId(preview.id)) === null);
    for (const address of [project.previewUrl, project.publicUrl]) {
      expect((await rig.visit(address)).status).toBe(404);
    }
    expect(rig.apps.process(processId(preview.id))).toBeNull();
    await ada.call('POST', `/api/projects/${project.id}/resume`);
    await eventually(async () => (await rig.visit(project.publicUrl)).status === 200);
  });
});

describe('deleting', () => {
  test('stops the processes and drops schemas and roles, also under a visitor', async () => {
    const { ada, project } = await published('Deleted');
    const release = await ada.released(project, 'PREVIEW', 'ACTIVE');
    await ada.call('POST', `/api/projects/${project.id}/pause`);
    const admin = new Client({ connectionString: dataPlane.adminUrl });
    await admin.connect();
    onTestFinished(() => admin.end());
    const names = (['preview', 'prod'] as const).map((kind) =>
      schemaName({ tenantId: ada.tenantId, slug: project.slug }, kind),
    );
    const left = async () =>
      (
        await admin.query(
          `select nspname from pg_namespace where nspname = any($1) union all
                          select rolname from pg_roles where rolname = any($1)`,
          [names],
        )
      ).rowCount;
    expect(await left()).toBe(4);
    expect((await ada.call('DELETE', `/api/projects/${project.id}`)).status).toBe(204);
    expect(await left()).toBe(0);
    expect(rig.apps.process(processId(release.id))).toBeNull();
    expect((await rig.visit(project.publicUrl)).status).toBe(404);
    expect((await rig.visit(project.previewUrl)).status).toBe(404);
    const second = await ada.create('Deleted');
    expect(second.slug).toBe(project.slug);
    expect((await rig.visit(second.previewUrl, '/api/health')).status).toBe(200);
  });
});

describe('another tenant', () => {
  test('finds nothing under our ids', async () => {
    const { ada, project } = await published('Private');
    const [build] = (await ada.call('GET', `/api/projects/${project.id}/builds`)).body.items;
    const bob = await rig.person();
    const routes = [
      versionRoutes.listBuilds,
      versionRoutes.listReleases,
      versionRoutes.releaseLog,
      versionRoutes.wholeReleaseLog,
      versionRoutes.publish,
      versionRoutes.unpublish,
      versionRoutes.buildLog,
    ];
    for (const route of routes) {
      const id = route === versionRoutes.buildLog ? build.id : project.id;
      const url = route.url.replace(':id', id);
      expect(await bob.call(route.method, url), url).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect((await bob.call(route.method, route.url.replace(':id', '1'))).status, `${url} missing`).toBe(404);
    }
    expect((await rig.visit(project.publicUrl)).status).toBe(200);
  });
});

test('lists come in pages, newest first', async () => {
  const { ada, project } = await published('Pages');
  const url = `/api/projects/${project.id}/releases?limit=1`;
  const first = (await ada.call('GET', url)).body;
  const second = (await ada.call('GET', `${url}&cursor=${first.nextCursor}`)).body;
  expect([first.items[0].kind, second.items[0].kind, second.nextCursor]).toEqual(['PUBLISHED', 'PREVIEW', null]);
  expect((await ada.call('GET', `${url}&cursor=nonsense`)).status).toBe(400);
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
