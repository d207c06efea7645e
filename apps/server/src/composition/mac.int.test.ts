import { lstat, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostedRig } from '../hosting/testing/hosted.ts';
import { createSeatbeltRuntime } from '../runtime/seatbelt/seatbelt-runtime.ts';
import { unjudged } from '../runtime/seatbelt/testing/runtime.ts';
import { testDatabase, testDataPlane } from '../testing/index.ts';

// What a Mac does, on Linux and without Seatbelt: paths, links, sockets, git, a build with the real tools, an application
// with its database. It proves nothing of isolation.
const { db } = await testDatabase();
const rig = await hostedRig({
  ...{ db, dataPlane: await testDataPlane() },
  makeRuntime: ({ home, secretFile }) =>
    createSeatbeltRuntime(
      { stateDir: join(home, 'run'), tempRoot: join(home, 't'), secretFile, node: process.execPath },
      unjudged,
    ),
});

test('a project on a system without mount namespaces: made, edited, built, previewed, with its packages and its database', async () => {
  const ada = await rig.person();
  const project = await ada.create('Guest book');
  expect(await rig.visit(project.previewUrl)).toMatchObject({
    status: 200,
    body: expect.stringContaining('<div id="app">'),
  });
  expect((await rig.visit(project.previewUrl, '/api/health')).status).toBe(200);
  await ada.edit(project, 'src/pages/Home.vue', '<template><main>Ahoj světe</main></template>\n');
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  const asset = async (pattern: RegExp, path?: string) =>
    pattern.exec((await rig.visit(project.previewUrl, path)).body)?.[1] ?? 'no such asset';
  const page = await asset(/(Home-[\w-]+\.js)/, await asset(/src="(\/assets\/[^"]+\.js)"/));
  expect((await rig.visit(project.previewUrl, `/assets/${page}`)).body).toContain('Ahoj světe');

  const row = await db.system((tx) => rig.projects.get(tx, project.id));
  const link = join(rig.projects.treesDir(row?.environment_id ?? ''), project.id, 'node_modules');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readlink(link)).toMatch(/\/\.toolchain\/dependencies\/[0-9a-f]{32}\/node_modules$/);
  expect((await stat(link)).isDirectory()).toBe(true);
  await rig.projects.cleanTree(row as NonNullable<typeof row>, { keepAs: '1' });
  expect((await stat(link)).isDirectory()).toBe(true);
  expect(rig.errors).toEqual([]);
});
