import { IdParams, route } from '@talkide/contracts';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError } from '../../errors.ts';
import { bind } from './bind.ts';
import { as, kernel } from './testing/kernel.ts';

const tag = 'test';
const Thing = z.object({ name: z.string() });
const open = route({ method: 'GET', url: '/api/open', access: 'public', tag, summary: 's', responses: { 200: Thing } });
const own = route({ method: 'GET', url: '/api/own', access: 'user', tag, summary: 's', responses: { 200: Thing } });
const operators = route({
  method: 'GET',
  url: '/api/ops',
  access: 'admin',
  tag,
  summary: 's',
  responses: { 200: Thing },
});
const create = route({
  method: 'POST',
  url: '/api/things/:id',
  access: 'user',
  tag,
  summary: 's',
  params: IdParams,
  query: z.object({ times: z.coerce.number().int().max(3).default(1) }),
  body: z.object({ name: z.string().min(2), nested: z.object({ size: z.number() }).optional() }),
  bodyLimit: 2048,
  responses: { 201: Thing },
});

describe('access', () => {
  test.each([
    [open, undefined, 200],
    [open, 'user', 200],
    [own, undefined, 401],
    [own, 'nobody', 401],
    [own, 'user', 200],
    [operators, undefined, 401],
    [operators, 'user', 403],
    [operators, 'admin', 200],
  ] as const)('%o as %s is %i', async (contract, person, status) => {
    const app = await kernel();
    bind(app, contract, async ({ caller }) => ({ name: caller?.userId ?? 'nobody' }));
    const answer = await app.inject({ method: 'GET', url: contract.url, headers: person ? as(person) : {} });
    expect(answer.statusCode).toBe(status);
    if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
  });
});

describe('what comes in', () => {
  const send = async (request: { url?: string; payload?: string; type?: string | null }) => {
    const app = await kernel();
    bind(app, create, async ({ params, query, body }) => ({ name: `${params.id} ${query.times} ${body.name}` }));
    const { url = '/api/things/7', payload = '{"name":"cup"}', type = 'application/json' } = request;
    const answer = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { ...as('user'), ...(type === null ? {} : { 'content-type': type }) },
    });
    return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json() };
  };

  test('arrives parsed, with defaults', async () => {
    expect(await send({})).toMatchObject({ status: 201, body: { name: '7 1 cup' } });
  });

  test('that fits no contract is refused by its field', async () => {
    const answer = await send({ payload: '{"name":"x","nested":{"size":"big"}}' });
    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json; charset=utf-8',
      body: { code: 'bad_request' },
    });
    expect(Object.keys(answer.body.fields)).toEqual(['/name', '/nested/size']);
  });

  test.each([
    ['a malformed id', { url: '/api/things/seven' }, 404, 'not_found'],
    ['an id beyond 64 bits', { url: '/api/things/99999999999999999999' }, 404, 'not_found'],
    ['a query out of bounds', { url: '/api/things/7?times=4' }, 400, 'bad_request'],
    ['no body', { payload: '', type: null }, 400, 'bad_request'],
    ['an empty JSON body', { payload: '' }, 400, 'bad_request'],
    ['malformed JSON', { payload: '{"name":' }, 400, 'bad_request'],
    ['a poisoned prototype', { payload: '{"__proto__":{"name":"x"}}' }, 400, 'bad_request'],
    ['another content type', { type: 'text/plain' }, 415, 'unsupported_media_type'],
    ['a form', { type: 'application/x-www-form-urlencoded', payload: 'name=cup' }, 415, 'unsupported_media_type'],
    ['a body too large', { payload: JSON.stringify({ name: 'x'.repeat(3000) }) }, 413, 'payload_too_large'],
  ])('%s is %s %s', async (_what, request, status, code) => {
    expect(await send(request)).toMatchObject({ status, body: { code, status } });
  });

  test('too large says how much is accepted', async () => {
    const { body } = await send({ payload: JSON.stringify({ name: 'x'.repeat(3000) }) });
    expect(body.title).toBe('This is too large: at most 2 KB are accepted.');
  });
});

describe('what goes out', () => {
  const answerWith = async (result: () => unknown, responses: object = { 200: Thing }) => {
    const app = await kernel();
    const contract = { ...open, responses } as typeof open;
    bind(app, contract, async () => result() as { name: string });
    return app.inject({ method: 'GET', url: open.url });
  };

  test('holds nothing that the contract does not name', async () => {
    expect((await answerWith(() => ({ name: 'cup', secret: 'x' }))).json()).toEqual({ name: 'cup' });
  });

  test('that breaks the contract is our fault', async () => {
    const answer = await answerWith(() => ({ name: 7 }));
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.body).not.toContain('ZodError');
  });

  test('may be empty', async () => {
    const answer = await answerWith(() => undefined, { 204: z.void() });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
  });

  test('may be text', async () => {
    expect((await answerWith(() => 'a log', { 200: z.any() })).body).toBe('a log');
  });

  test('is a problem with its facts when the handler refuses', async () => {
    const refuse = () => {
      throw new DomainError('rate_limited', { retryAfterSeconds: 7.2 });
    };
    const answer = await answerWith(refuse);
    expect(answer.json()).toMatchObject({ status: 429, code: 'rate_limited', facts: { retryAfterSeconds: 7.2 } });
    expect(answer.headers['retry-after']).toBe('8');
  });

  test('of a fault of ours tells its number and nothing else', async () => {
    const fail = () => {
      throw new Error('password=hunter2');
    };
    const answer = await answerWith(fail);
    expect(answer.body).not.toContain('hunter2');
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal', requestId: answer.headers['x-request-id'] });
    expect(answer.json().title).toContain(answer.headers['x-request-id']);
  });
});
