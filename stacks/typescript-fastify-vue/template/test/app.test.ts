import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../server/app.ts';

let webRoot: string;
let app: FastifyInstance;

before(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'app-web-'));
  await writeFile(join(webRoot, 'index.html'), '<title>%APP_NAME%</title>');
  app = buildApp({ webRoot });
});

after(async () => {
  await app.close();
  await rm(webRoot, { recursive: true });
});

test('health answers', async () => {
  const answer = await app.inject('/api/health');
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(answer.json(), { status: 'ok' });
});

test('every page path gets the start page with the name filled in', async () => {
  for (const path of ['/', '/guests', '/deep/er?x=1']) {
    const answer = await app.inject(path);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.body, '<title>My app</title>');
    assert.equal(answer.headers['cache-control'], 'no-cache');
  }
});

test('an unknown address of the API and an unknown file are not found', async () => {
  for (const path of ['/api/nothing', '/missing.png', '/../package.json']) {
    const answer = await app.inject(path);
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json().code, 'NOT_FOUND');
  }
});
