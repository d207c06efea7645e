import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../server/app.ts';
import { readFields } from '../server/fields.ts';
import { entryFields } from '../shared/guest-book.ts';
import { sampleValues } from './samples.ts';

const entry = { ...sampleValues(entryFields), name: ' Ada ', message: 'What a lovely evening!' };
let app: FastifyInstance;

before(() => {
  app = buildApp();
});
after(() => app.close());

test('an entry is trimmed and keeps only the fields of the form', () => {
  const { name, message, id } = readFields({ ...entry, id: '7' }, entryFields);
  assert.deepEqual({ name, message, id }, { name: 'Ada', message: 'What a lovely evening!', id: undefined });
});

test('an empty entry is refused with a sentence for each field', async () => {
  const answer = await app.inject({ method: 'POST', url: '/api/entries', payload: { name: '  ' } });
  assert.equal(answer.statusCode, 400);
  const { fields } = answer.json();
  assert.ok(fields.name && fields.message);
});

test('a message that is too long is refused', async () => {
  const payload = { ...entry, message: 'x'.repeat(1001) };
  const answer = await app.inject({ method: 'POST', url: '/api/entries', payload });
  assert.deepEqual(Object.keys(answer.json().fields), ['message']);
});
