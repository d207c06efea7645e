import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { eventually, hostedRig } from './testing/hosted.ts';

const { db } = await testDatabase();
const rig = await hostedRig({ db, dataPlane: await testDataPlane() });

const builds = (projectId: string) =>
  db.system((tx) => tx.selectFrom('build').selectAll().where('project_id', '=', projectId).orderBy('id').execute());
const versions = (projectId: string) =>
  db.system((tx) =>
    tx.selectFrom('project_version').select('status').where('project_id', '=', projectId).orderBy('id').execute(),
  );
/** The hook is told inside the transaction that ends a build; this waits for its commit. */
const settled = (projectId: string) =>
  eventually(async () => (await builds(projectId)).every(({ lease_expires_at: lease }) => lease === null) || undefined);
const projectStatus = async (projectId: string) => (await db.system((tx) => rig.projects.get(tx, projectId)))?.status;

const page = (text: string) => `<template><main>${text}</main></template>\n`;

describe('a new project', () => {
  test('has its preview from the template’s artefact, and visitors wait for it', async () => {
    const ada = await rig.person();
    const project = await ada.create('Guest book');
    // Asked while nothing is built yet: the edge holds the request.
    const answer = await rig.visit(project.previewUrl);
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<div id="app">') });
    expect((await rig.visit(project.previewUrl, '/api/health')).status).toBe(200);
    const [build] = await builds(project.id);
    expect(build).toMatchObject({ status: 'SUCCESS', lease_expires_at: null, attempts: 1 });
    expect(build?.output_log).toContain('built before');
    expect(await versions(project.id)).toEqual([{ status: 'APPLIED' }]);
    expect(await projectStatus(project.id)).toBe('DRAFT');
  });

  test('has a schema and a role of its own', async () => {
    const ada = await rig.person();
    const [one, two] = [await ada.create('One'), await ada.create('Two')];
    for (const project of [one, two]) expect((await rig.visit(project.previewUrl, '/api/health')).status).toBe(200);
    expect(rig.errors).toEqual([]);
  });
});

describe('a change', () => {
  test('is built, previewed, logged; the old release goes', async () => {
    const ada = await rig.person();
    const project = await ada.create('Changed');
    await ada.released(project, 'PREVIEW', 'ACTIVE', 1);
    await ada.edit(project, 'src/pages/Home.vue', page('Ahoj světe'));
    await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    const { items } = (await ada.call('GET', `/api/projects/${project.id}/builds`)).body;
    expect(items.map((one: { status: string }) => one.status)).toEqual(['SUCCESS', 'SUCCESS']);
    const log = await ada.call('GET', `/api/builds/${items[0].id}/log`);
    expect(log.body).toContain('Built the web pages and the server');
    const asset = async (pattern: RegExp, path?: string) =>
      pattern.exec((await rig.visit(project.previewUrl, path)).body)?.[1] ?? 'no such asset';
    const script = await asset(/src="(\/assets\/[^"]+\.js)"/);
    const home = await asset(/(Home-[\w-]+\.js)/, script);
    expect((await rig.visit(project.previewUrl, `/assets/${home}`)).body).toContain('Ahoj světe');
    await eventually(async () => {
      const { items: releases } = (await ada.call('GET', `/api/projects/${project.id}/releases`)).body;
      return releases.map((one: { status: string }) => one.status).join() === 'ACTIVE,RETIRED';
    });
    expect(await readdir(join(rig.home, 'builds'))).toEqual([]);
  });

  test('that goes back to known sources uses their artefact', async () => {
    const ada = await rig.person();
    const project = await ada.create('There and back');
    await ada.edit(project, 'src/pages/Home.vue', page('there'));
    await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    expect((await ada.call('POST', `/api/projects/${project.id}/versions/1/restore`)).status).toBe(201);
    await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
    const [first, , third] = await builds(project.id);
    expect(third?.artefact_digest).toBe(first?.artefact_digest);
    expect(third?.output_log).toContain('built before');
  });

  test('that does not build is told with its fingerprint, and the old release serves', async () => {
    const ada = await rig.person();
    const project = await ada.create('Broken');
    await ada.released(project, 'PREVIEW', 'ACTIVE', 1);
    await ada.edit(project, 'src/pages/Home.vue', `<script setup>import X from './Missing.vue'</script>${page('x')}`);
    const failure = await eventually(async () => rig.failures.find((one) => one.projectId === project.id));
    await settled(project.id);
    expect(failure).toMatchObject({ tenantId: ada.tenantId, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(failure.logTail).toContain('Missing.vue');
    expect((await builds(project.id)).at(-1)).toMatchObject({ status: 'FAILED', exit_code: 1, lease_expires_at: null });
    expect(await versions(project.id)).toEqual([{ status: 'APPLIED' }, { status: 'FAILED' }]);
    expect(await projectStatus(project.id)).toBe('DRAFT');
    expect((await rig.visit(project.previewUrl)).status).toBe(200);

    await ada.edit(
      project,
      'src/pages/Home.vue',
      `\n\n<script setup>import X from './Missing.vue'</script>${page('x')}`,
    );
    const again = await eventually(async () => rig.failures.filter((one) => one.projectId === project.id)[1]);
    await settled(project.id);
    expect(again.fingerprint).toBe(failure.fingerprint);
  });

  test('whose application does not start fails with its log, and the old release serves', async () => {
    const ada = await rig.person();
    const project = await ada.create('Does not start');
    await ada.released(project, 'PREVIEW', 'ACTIVE', 1);
    await ada.edit(project, 'server/main.ts', `throw new Error('no coffee');\n`);
    const failed = await ada.released(project, 'PREVIEW', 'FAILED', 2);
    expect(failed.error).toContain('no coffee');
    const failure = await eventually(async () => rig.failures.find((one) => one.projectId === project.id));
    await settled(project.id);
    expect(failure.logTail).toMatch(/does not start[\s\S]*no coffee/);
    expect((await builds(project.id)).at(-1)).toMatchObject({ status: 'SUCCESS', lease_expires_at: null });
    expect(await versions(project.id)).toEqual([{ status: 'APPLIED' }, { status: 'FAILED' }]);
    expect((await rig.visit(project.previewUrl)).status).toBe(200);
    const { log } = (await ada.call('GET', `/api/projects/${project.id}/app-log`)).body;
    expect(log).toContain('no coffee');
    const found = (await ada.call('GET', `/api/projects/${project.id}/app-log?search=NO%20COFFEE`)).body;
    expect(found).toEqual({
      log: log
        .split('\n')
        .filter((line: string) => line.includes('no coffee'))
        .join('\n'),
      hasOlder: false,
    });
    expect(await ada.call('GET', `/api/projects/${project.id}/app-log.txt`)).toMatchObject({ status: 200, body: log });
    expect((await ada.call('GET', `/api/projects/${project.id}/app-log?search=${'x'.repeat(201)}`)).status).toBe(400);
  });
});

test('two quick changes end with the newer one', async () => {
  const ada = await rig.person();
  const project = await ada.create('Hurried');
  await ada.edit(project, 'src/pages/Home.vue', page('first'));
  await ada.edit(project, 'src/pages/Home.vue', page('second'));
  await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
  await eventually(async () => (await builds(project.id)).every((build) => build.lease_expires_at === null));
  const { items } = (await ada.call('GET', `/api/projects/${project.id}/releases`)).body;
  const active = items.filter((one: { status: string }) => one.status === 'ACTIVE');
  expect(active).toMatchObject([{ versionNumber: 3 }]);
  expect(await projectStatus(project.id)).toBe('DRAFT');
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
