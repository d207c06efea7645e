import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { kernel } from './testing/kernel.ts';
import { serveWebApp } from './web-app.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkide-web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>TalkIDE</title>');
  await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'run()');
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  return () => rm(folder, { recursive: true });
});
const web = async () => {
  const app = await kernel();
  await serveWebApp(app, folder);
  return app;
};

describe('the page', () => {
  test.each(['/', '/studio', '/projects/7/code?path=src/a.ts', '/reset?token=a.b'])('%s gets it', async (url) => {
    const answer = await (await web()).inject({ method: 'GET', url });
    expect(answer).toMatchObject({ statusCode: 200, body: '<title>TalkIDE</title>' });
    expect(answer.headers['cache-control']).toBe('no-cache');
  });
  test('a HEAD request gets its headers', async () => {
    const answer = await (await web()).inject({ method: 'HEAD', url: '/studio' });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  });
  test.each([
    ['GET', '/api/nothing'],
    ['GET', '/git/nothing.git/HEAD'],
    ['GET', '/assets/gone-3c4d.js'],
    ['GET', '/favicon.ico'],
    ['POST', '/studio'],
  ] as const)('%s %s does not', async (method, url) => {
    const answer = await (await web()).inject({ method, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found' });
  });
});

test('assets by their content are kept for ever, other files are asked for again', async () => {
  const app = await web();
  const asset = await app.inject({ method: 'GET', url: '/assets/app-1a2b.js' });
  expect(asset.headers['cache-control']).toContain('immutable');
  const icon = await app.inject({ method: 'GET', url: '/icon.svg' });
  expect(icon.headers['cache-control']).toBe('no-cache');
});

test.each(['/../secret', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fetc%2fpasswd'])(
  '%s leads nowhere outside',
  async (url) => {
    const answer = await (await web()).inject({ method: 'GET', url });
    expect(answer.body).not.toContain('root:');
  },
);

test('a web app that is not built is a sentence with its mend', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'talkide-web-'));
  onTestFinished(() => rm(empty, { recursive: true }));
  const app = await kernel();
  await expect(serveWebApp(app, empty)).rejects.toMatchObject({
    message: expect.stringContaining('not built'),
    mend: expect.stringContaining('npm start'),
  });
});
