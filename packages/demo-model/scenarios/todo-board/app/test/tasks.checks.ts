import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../server/app.ts';
import { readFields } from '../server/fields.ts';
import { taskFields } from '../shared/todo-board.ts';
import { sampleValues } from './samples.ts';

let app: FastifyInstance;

before(() => {
  app = buildApp();
});
after(() => app.close());

test('a task is trimmed and needs no note', () => {
  const { title, note } = readFields({ ...sampleValues(taskFields), title: ' Buy flowers ', note: '' }, taskFields);
  assert.deepEqual({ title, note }, { title: 'Buy flowers', note: null });
});

test('a task without a title is refused', async () => {
  const answer = await app.inject({ method: 'POST', url: '/api/tasks', payload: { note: 'No title' } });
  assert.equal(answer.statusCode, 400);
  assert.ok(answer.json().fields.title);
});

test('a task moves only to a column that exists', async () => {
  const answer = await app.inject({ method: 'PATCH', url: '/api/tasks/1', payload: { status: 'lost' } });
  assert.equal(answer.statusCode, 400);
  assert.deepEqual(Object.keys(answer.json().fields), ['status']);
});
