import type { ConversationView, Project, RouteContract, SessionGrant } from '@talkide/contracts';
import { routes } from '@talkide/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workerToken } from '../apps/server/src/conversations/worker/worker-token.ts';
import { createSecrets, loadSecretKey } from '../apps/server/src/platform/secrets.ts';
import { connect } from './support/database.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { fillPath, sampleOf, shapeOf } from './support/samples.ts';

/** Stands in everything the victim writes: whoever reads it elsewhere has seen too much. */
const MARK = 'zweihundertzwanzig';
const MISSING: Record<string, string> = { number: '1', key: 'publish' };
/** What a query must name. */
const QUERY: Record<string, string> = { path: 'package.json', kind: 'PREVIEW', table: 'note' };
const MISSING_KEY = '4611686018427387904';
const MISSING_UUID = '00000000-0000-4000-8000-000000000000';
const UUID = /^[0-9a-f]{8}-/;

const contracts = Object.entries(routes) as [string, RouteContract][];
const isOpen = (contract: RouteContract) => contract.access === 'public';

interface Answer {
  status: number;
  code: string | undefined;
  text: string;
}
interface Person {
  token: string;
}

let home: string;
let platform: PlatformProcess;
let operator: Person;
let victim: Person;
let stranger: Person;
/** Keys of what belongs to the victim (or the operator), by the word before the parameter in the path. */
const theirs: Record<string, string[]> = {};
let project: Project;
/** The token of the victim's worker, in which her agents run. */
let agent: string;

async function ask(
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const leave = new AbortController();
  const response = await fetch(platform.url + path, {
    method,
    signal: leave.signal,
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const text = stream ? '' : await response.text();
  if (stream) leave.abort();
  const code =
    response.status >= 400 && text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined;
  return { status: response.status, code, text };
}

async function done<T>(method: string, path: string, person: Person, body?: unknown): Promise<T> {
  const answer = await ask(method, path, { token: person.token, body });
  if (answer.status >= 400) throw new Error(`${answer.status} ${method} ${path}: ${answer.text}`);
  return (answer.text ? JSON.parse(answer.text) : undefined) as T;
}

async function signUp(name: string): Promise<Person> {
  const body = { email: `${name}@example.com`, name: `${name} of Somewhere`, password: 'three unrelated words' };
  const { text } = await ask('POST', '/api/auth/sign-up', { body });
  return { token: (JSON.parse(text) as SessionGrant).accessToken };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const items = async (path: string, person: Person) =>
  (await done<{ items: { id: string; status?: string }[] }>('GET', path, person)).items;
const ids = async (path: string, person: Person) => (await items(path, person)).map(({ id }) => id);

/** How another's call on a route looks: everything about it fits but whose things it names. */
function callOf(contract: RouteContract, fill: (name: string, segment: string) => string) {
  const { properties = {}, required = [] } = contract.query ? shapeOf(contract.query) : {};
  const named = Object.entries(QUERY).filter(
    ([name]) => required.includes(name) || (name === 'path' && name in properties),
  );
  const query = new URLSearchParams(named);
  const path = fillPath(contract, fill) + (query.size > 0 ? `?${query}` : '');
  return { path, body: contract.body ? sampleOf(shapeOf(contract.body)) : undefined, headers: { 'if-match': '*' } };
}

beforeAll(async () => {
  home = await makeHome();
  const env = { TALKIDE_PUBLIC_ADDRESSES: '127.0.0.1', TALKIDE_DNS_SERVERS: '127.0.0.1:9' };
  platform = await startPlatform({ home, port: await freePort(), env });
  operator = await signUp('operator');
  victim = await signUp('victim');
  stranger = await signUp('stranger');
  project = await done<Project>('POST', '/api/projects', victim, { name: `Book ${MARK}`, description: MARK });
  const at = `/api/projects/${project.id}`;
  const { conversation } = await done<ConversationView>('GET', `${at}/conversation`, victim);
  const todo = await done<{ id: string }>('POST', '/api/todos', victim, { title: MARK });
  await done('POST', '/api/me/tokens', victim, { name: MARK });
  const topUp = await done<{ id: string }>('POST', '/api/credit/topups', victim, { amountUsd: '5' });
  await ask('PUT', `${at}/file?path=notes.md`, {
    token: victim.token,
    body: { content: MARK },
    headers: { 'if-none-match': '*' },
  });
  const kept = await fetch(`${platform.url}${at}/screenshot`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${victim.token}`, 'content-type': 'image/png' },
    body: Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(MARK)]),
  });
  expect(kept.status).toBe(204);
  await until('the preview', async () =>
    (await items(`${at}/releases`, victim)).some(({ status }) => status === 'ACTIVE') ? true : undefined,
  );
  await done('PUT', `${at}/variables`, victim, { kinds: ['PREVIEW'], variables: [{ name: 'WORD', value: MARK }] });
  const domain = await done<{ id: string }>('POST', `${at}/domains`, victim, {
    hostname: `${MARK}.example.com`.toLowerCase(),
  });
  const table = { kind: 'PREVIEW', mayChange: true, sql: `create table note as select '${MARK}' as text` };
  await done('POST', `${at}/data/query`, victim, table);
  const said = await done<{ turn: { id: string } }>('POST', `/api/conversations/${conversation.id}/messages`, victim, {
    content: `What can you do? ${MARK}`,
  });
  await until('the end of the turn', async () =>
    (await done<{ status: string }>('GET', `/api/turns/${said.turn.id}`, victim)).status === 'SUCCEEDED'
      ? true
      : undefined,
  );
  const database = await connect(home, 'talkide');
  const { rows } = await database.query<{ id: string }>('select environment_id as id from project where id = $1', [
    project.id,
  ]);
  await database.end();
  const secrets = createSecrets(await loadSecretKey(home));
  agent = workerToken(secrets, rows[0]?.id ?? '');
  await done('POST', '/api/admin/invites', operator, { email: `${MARK}@example.com` });
  Object.assign(theirs, {
    projects: [project.id],
    versions: ['1'],
    conversations: [conversation.id],
    turns: [said.turn.id],
    topups: [topUp.id],
    variables: ['WORD'],
    domains: [domain.id],
    todos: [todo.id],
    releases: await ids(`${at}/releases`, victim),
    builds: await ids(`${at}/builds`, victim),
    sessions: await ids('/api/me/sessions', victim),
    tokens: await ids('/api/me/tokens', victim),
    invites: await ids('/api/admin/invites', operator),
    mails: await ids('/api/admin/mails', operator),
    'kill-switches': ['publish'],
  });
});

afterAll(async () => {
  await platform?.stop();
  await removeHome(home);
});

const routesWithKeys = contracts.filter(([, contract]) => contract.url.includes(':'));

test.each(routesWithKeys)('%s answers for what is another’s as for what does not exist', async (id, contract) => {
  const kinds = [...contract.url.matchAll(/([\w-]+)\/:(\w+)/g)].map(([, segment = '', name]) => ({ segment, name }));
  for (const { segment } of kinds) expect(theirs[segment], `this test makes no “${segment}” yet`).not.toHaveLength(0);
  const [first] = kinds;
  if (!first) throw new Error(id);
  const isUuid = UUID.test(theirs[first.segment]?.[0] ?? '');
  const missing = callOf(contract, (name) => MISSING[name] ?? (isUuid ? MISSING_UUID : MISSING_KEY));
  const expected = await ask(contract.method, missing.path, { ...missing, token: stranger.token });
  expect(expected.status, expected.text).toBe(contract.access === 'admin' ? 403 : 404);
  for (const key of theirs[first.segment] ?? []) {
    const call = callOf(contract, (_name, segment) =>
      segment === first.segment ? key : (theirs[segment]?.[0] ?? '1'),
    );
    const answer = await ask(contract.method, call.path, { ...call, token: stranger.token });
    expect({ ...answer, text: withoutIds(answer.text) }, call.path).toEqual({
      ...expected,
      text: withoutIds(expected.text),
    });
  }
});

const readable = routesWithKeys.filter(([, contract]) => contract.method === 'GET');

test.each(readable)('%s does answer the one it belongs to', async (_id, contract) => {
  const call = callOf(contract, (_name, segment) => theirs[segment]?.[0] ?? '1');
  const owner = contract.access === 'admin' ? operator : victim;
  expect((await ask('GET', call.path, { token: owner.token })).status).toBe(200);
});

/** A problem without what differs from request to request. */
const withoutIds = (text: string) => text.replace(/"requestId":"[^"]*"/g, '');

test.each(contracts.filter(([, contract]) => !isOpen(contract)))(
  '%s wants a signed-in person',
  async (_id, contract) => {
    const call = callOf(contract, (name, segment) => theirs[segment]?.[0] ?? MISSING[name] ?? '1');
    // Also the victim's own agents are nobody here.
    for (const token of [undefined, 'x', `${stranger.token}x`, agent]) {
      const answer = await ask(contract.method, call.path, { ...call, ...(token ? { token } : {}) });
      expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  },
);

test('what a stranger lists holds nothing of the victim, whatever the cursor or filter', async () => {
  const lists = contracts.filter(([, contract]) => contract.method === 'GET' && !contract.url.includes(':'));
  const cursors = [
    ['2099-01-01T00:00:00.000Z', MISSING_KEY],
    ['2099-01-01 00:00:00+00', 'ffffffff-ffff-4fff-8fff-ffffffffffff'],
  ].map((place) => Buffer.from(JSON.stringify(place)).toString('base64url'));
  for (const [id, contract] of lists) {
    if (contract.stream) continue;
    for (const query of ['', ...cursors.map((cursor) => `?cursor=${cursor}`)]) {
      const { text } = await ask('GET', contract.url + query, { token: stranger.token });
      expect(text, id).not.toContain(MARK);
    }
  }
});

test('a filter by another’s key shows nothing', async () => {
  const own = await done<Project>('POST', '/api/projects', stranger, { name: 'Own' });
  const { text, status } = await ask('GET', `/api/projects/${own.id}/activities?turnId=${theirs.turns?.[0]}`, {
    token: stranger.token,
  });
  expect({ status, text }).toEqual({ status: 200, text: '{"items":[],"nextCursor":null}' });
  const slug = await ask('GET', `/api/slugs?slug=${project.slug}`, { token: stranger.token });
  expect(JSON.parse(slug.text)).toMatchObject({ available: false, reason: 'taken' });
});

test('the feed of a stranger tells nothing of the victim, also not of the past', async () => {
  const leave = new AbortController();
  const response = await fetch(`${platform.url}/api/feed?lastEventId=0`, {
    headers: { authorization: `Bearer ${stranger.token}` },
    signal: leave.signal,
  });
  let seen = '';
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) seen += chunk;
  })().catch(() => {});
  await done('POST', '/api/todos', victim, { title: `${MARK} again` });
  const again = await done<Project>('POST', '/api/projects', victim, { name: `Again ${MARK}` });
  const own = await done<Project>('POST', '/api/projects', stranger, { name: 'My own one' });
  await until('the own event', async () =>
    seen.includes(`"projectId":"${own.id}"`) || seen.includes('My own one') ? true : undefined,
  );
  leave.abort();
  await reading;
  expect(seen).not.toContain(MARK);
  expect(seen).not.toContain(`"projectId":"${again.id}"`);
  expect(seen).not.toContain(`"projectId":"${project.id}"`);
});

test('an Idempotency-Key is a person’s own', async () => {
  const headers = { 'idempotency-key': 'shared' };
  const first = await ask('POST', '/api/todos', { token: victim.token, body: { title: MARK }, headers });
  const second = await ask('POST', '/api/todos', { token: stranger.token, body: { title: MARK }, headers });
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(JSON.parse(second.text).id).not.toBe(JSON.parse(first.text).id);
});

test('git shows a stranger the same as for a project that does not exist', async () => {
  const { token } = await done<{ token: string }>('POST', '/api/me/tokens', stranger, { name: 'git' });
  const headers = { authorization: `Basic ${Buffer.from(`git:${token}`).toString('base64')}` };
  for (const path of ['info/refs?service=git-upload-pack', 'info/refs?service=git-receive-pack']) {
    const missing = await ask('GET', `/git/no-such-project.git/${path}`, { headers });
    const foreign = await ask('GET', `/git/${project.slug}.git/${path}`, { headers });
    expect(missing.status).toBe(404);
    expect(foreign).toEqual(missing);
  }
  const post = { headers: { ...headers, 'content-type': 'application/x-git-upload-pack-request' } };
  const foreign = await ask('POST', `/git/${project.slug}.git/git-upload-pack`, post);
  expect(foreign.status).toBe(404);
  const api = await ask('GET', '/api/me', { token });
  expect(api.status).toBe(401);
});

test('after all this everything of the victim is as it was', async () => {
  const now = await done<Project>('GET', `/api/projects/${project.id}`, victim);
  expect(now).toMatchObject({ name: project.name, description: project.description, status: 'DRAFT' });
  expect(await ids('/api/me/sessions', victim)).toEqual(theirs.sessions);
  expect(await ids('/api/me/tokens', victim)).toEqual(theirs.tokens);
  expect(await ids('/api/todos', victim)).toContain(theirs.todos?.[0]);
  const conversations = await ids(`/api/projects/${project.id}/conversations`, victim);
  expect(conversations).toEqual(theirs.conversations);
});
