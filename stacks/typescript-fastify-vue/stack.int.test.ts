import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addGuestBook,
  changeTimes,
  digests,
  installPackages,
  makeTree,
  manifest,
  remove,
  runIn,
  startApp,
  stopApp,
} from './testing.ts';

const vueTsc = join(import.meta.dirname, '../../node_modules/vue-tsc/bin/vue-tsc.js');
let work: string;
let packages: string;
let tree: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'stack-'));
  packages = await installPackages();
  tree = await makeTree(join(work, 'tree'), packages);
});

afterAll(() => remove(work));

describe('the build', () => {
  it('makes the same bytes anywhere, names no folder of the machine, and leaves the packages alone', async () => {
    const before = await changeTimes(packages);
    const elsewhere = await makeTree(join(work, 'some/where/else'), packages);
    for (const folder of [tree, elsewhere]) {
      expect(await runIn(folder, manifest.commands.build)).toMatchObject({ code: 0 });
    }
    const built = await digests(tree, manifest.outputs);
    expect(await digests(elsewhere, manifest.outputs)).toEqual(built);
    expect(await runIn(tree, manifest.commands.build)).toMatchObject({ code: 0 });
    expect(await digests(tree, manifest.outputs)).toEqual(built);
    for (const path of Object.keys(built)) {
      const bytes = readFileSync(tree + path, 'latin1');
      expect(bytes.includes(work) || bytes.includes(packages), path).toBe(false);
    }
    expect(await changeTimes(packages)).toBe(before);
  });

  it('answers a fault with its file and line, the same each time', async () => {
    const broken = await makeTree(join(work, 'broken'), packages);
    await appendFile(join(broken, 'server/routes/health.ts'), "\nimport { gone } from '../missing.ts';\ngone();\n");
    await appendFile(join(broken, 'src/pages/Home.vue'), '<template><p></template>\n');
    const first = await runIn(broken, manifest.commands.build);
    expect(first.code).toBe(1);
    expect(first.output).toContain(
      "server/routes/health.ts:8:21: [UNRESOLVED_IMPORT] Could not resolve '../missing.ts'",
    );
    expect(first.output).toContain('src/pages/Home.vue:');
    expect(first.output).not.toContain(work);
    expect(await runIn(broken, manifest.commands.build)).toEqual(first);
  });
});

describe('the template', () => {
  it('passes its own tests', async () => {
    const { code, output } = await runIn(tree, manifest.commands.test);
    expect(code, output).toBe(0);
    expect(output).toMatch(/pass \d+/);
  });

  it('and the examples of AGENTS.md pass the type check and build', async () => {
    const guestBook = await makeTree(join(work, 'guest-book'), packages);
    await addGuestBook(guestBook);
    const types = await runIn(guestBook, ['node', vueTsc, '-p', 'tsconfig.json']);
    expect(types.code, types.output).toBe(0);
    const build = await runIn(guestBook, manifest.commands.build);
    expect(build.code, build.output).toBe(0);
  });
});

describe('the artefact', () => {
  let artefact: string;

  beforeAll(async () => {
    await runIn(tree, manifest.commands.build);
    artefact = join(work, 'artefact');
    for (const output of manifest.outputs) {
      await cp(join(tree, output), join(artefact, output), { recursive: true });
    }
  });

  it('runs without its packages and without a database, and stops with 0', async () => {
    const app = await startApp(artefact, { APP_NAME: 'Ada & <Bob>', APP_ACCENT_HUE: '145', APP_ENV: 'published' });
    const page = await fetch(`${app.url}/any/page`);
    const html = await page.text();
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(html).toContain('<title>Ada &#38; &#60;Bob&#62;</title>');
    expect(html).toContain('--project-hue: 145');
    expect(html).not.toContain('%APP_');
    const script = /src="(\/assets\/[^"]+)"/.exec(html)?.[1];
    const asset = await fetch(app.url + script);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect(await (await fetch(`${app.url}/api/app`)).json()).toMatchObject({ name: 'Ada & <Bob>', stage: 'published' });
    expect((await fetch(`${app.url}/assets/gone.js`)).status).toBe(404);
    expect(await stopApp(app)).toBe(0);
  });

  it('answers 503 with a sentence where the database is needed', async () => {
    const guestBook = join(work, 'guest-book');
    const app = await startApp(guestBook);
    const answer = await fetch(`${app.url}/api/entries`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      code: 'DATABASE_MISSING',
      message: expect.stringContaining('database'),
    });
    expect(await stopApp(app)).toBe(0);
  });

  it('ends with a sentence when the database refuses it', async () => {
    const env = { DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/none' };
    await expect(startApp(artefact, env)).rejects.toThrow('ECONNREFUSED');
  });
});
