import { tenancyRoutes } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
const [jana, eve, visitor] = [new TestBrowser(app), new TestBrowser(app), new TestBrowser(app)];
await jana.signUp();
await eve.signUp();
const NO_ID = '5c1c8f8e-5f3c-4b57-9b64-5f0c7d5b8a11';

const add = async (title: string) => (await jana.call('POST', '/api/todos', { body: { title } })).body;

describe('the task list', () => {
  it('takes, rewords, ticks, unticks and removes a task', async () => {
    const made = await jana.call('POST', '/api/todos', { body: { title: '  Buy paper ' } });
    expect([made.status, made.body.title, made.body.completed]).toEqual([201, 'Buy paper', false]);
    const url = `/api/todos/${made.body.id}`;
    expect((await jana.call('PATCH', url, { body: { title: 'Buy ink' } })).body.title).toBe('Buy ink');
    expect((await jana.call('POST', `${url}/toggle`)).body.completed).toBe(true);
    expect((await jana.call('POST', `${url}/toggle`)).body).toMatchObject({ completed: false, title: 'Buy ink' });
    expect((await jana.call('DELETE', url)).status).toBe(204);
    expect((await jana.call('DELETE', url)).status).toBe(404);
  });

  it('is read in pages, newest first, each task once', async () => {
    const titles = ['one', 'two', 'three', 'four', 'five'];
    for (const title of titles) await add(title);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 2, ...(cursor ? { cursor } : {}) };
      const page = await jana.call(tenancyRoutes.listTodos, { query });
      expect(page.status).toBe(200);
      seen.push(...page.body.items.map((todo) => todo.title));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(titles.toReversed());
  });

  it('makes a task once when the call is repeated with its key', async () => {
    const key = { 'idempotency-key': 'a-key' };
    const first = await jana.call('POST', '/api/todos', { body: { title: 'Once' }, headers: key });
    const again = await jana.call('POST', '/api/todos', { body: { title: 'Once' }, headers: key });
    expect(again.body).toEqual(first.body);
    const other = await jana.call('POST', '/api/todos', { body: { title: 'Other' }, headers: key });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('is nobody else’s', async () => {
    const { id } = await add('secret');
    expect((await eve.call('GET', '/api/todos')).body.items).toEqual([]);
    expect((await eve.call('PATCH', `/api/todos/${id}`, { body: { title: 'mine' } })).status).toBe(404);
    expect((await eve.call('POST', `/api/todos/${id}/toggle`)).status).toBe(404);
    expect((await eve.call('DELETE', `/api/todos/${id}`)).status).toBe(404);
  });

  it.each([
    ['POST', '/api/todos', { title: '' }],
    ['POST', '/api/todos', { title: 'x'.repeat(256) }],
    ['PATCH', `/api/todos/${NO_ID}`, { title: ' ' }],
    ['GET', '/api/todos?limit=101', undefined],
    ['GET', '/api/todos?cursor=nonsense', undefined],
    ['GET', `/api/todos?cursor=${Buffer.from('["now","x"]').toString('base64url')}`, undefined],
  ] as const)('%s %s with %j is refused', async (method, url, body) => {
    const answer = await jana.call(method, url, { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
  });

  it.each([
    ['GET', '/api/todos', undefined],
    ['POST', '/api/todos', { title: 'x' }],
    ['PATCH', `/api/todos/${NO_ID}`, { title: 'x' }],
    ['POST', `/api/todos/${NO_ID}/toggle`, undefined],
    ['DELETE', `/api/todos/${NO_ID}`, undefined],
  ] as const)('%s %s is for the signed-in', async (method, url, body) => {
    expect((await visitor.call(method, url, { body })).status).toBe(401);
  });
});
