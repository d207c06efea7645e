import type { Project, RouteContract, SessionGrant } from '@talkide/contracts';
import { errorCatalogue, routes } from '@talkide/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { fillPath, type Shape, sampleOf, shapeOf } from './support/samples.ts';

/** Random bodies a route, besides the listed ones. */
const RANDOM_BODIES = 8;
const AT_ONCE = 8;

const contracts = Object.entries(routes) as [string, RouteContract][];
const deep = (levels: number) => `${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`;

/** Values that tend to reach further than they should. */
const nastyValues: unknown[] = [
  null,
  '',
  ' ',
  'a\u0000b',
  '\u0000',
  '\ud800',
  '\u202e\ufeff\u{1f469}\u200d\u{1f4bb}',
  'line\r\nX-Injected: 1',
  "'; drop table users; --",
  '../../../../etc/passwd',
  '.git/config',
  'a/../b',
  'x'.repeat(20_001),
  -1,
  0,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  '9223372036854775808',
  true,
  [],
  {},
  { $gt: '' },
  [['a']],
  { constructor: { prototype: { polluted: true } } },
];
const nastyBodies: string[] = [
  '',
  'null',
  '[]',
  '""',
  '0',
  'not json',
  '{"',
  '\u0000',
  '\ufeff{}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  deep(8_000),
];
const nastyIds = [
  '0',
  '-1',
  '01',
  '1e3',
  '9223372036854775807',
  '9223372036854775808',
  '9999999999999999999',
  '%00',
  '1%00',
  '..%2f1',
  '%2e%2e',
  '%',
  '%ff',
  '%E2%80%AE',
  "1'",
  'a'.repeat(299),
];
const cursorOf = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url');
const nastyQueries = [
  'x',
  '',
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%',
  '-1',
  '0',
  '1e9',
  '2147483648',
  '9007199254740993',
  '9223372036854775808',
  ...['../../etc/passwd', '/etc/passwd', '.git/config', 'a//b', ':(glob)*', '-h', '--output=x'].map(encodeURIComponent),
  ...[
    ['x'],
    ['9223372036854775808'],
    ['9999999999999999999'],
    ['-1'],
    ['\u0000'],
    ['x', 'y'],
    ['2026-01-01T00:00:00.000Z', '9999999999999999999'],
    ['2026-01-01T00:00:00.000Z', '\u0000'],
    ['+275760-09-13T00:00:00.000Z', '1'],
    ['infinity', '1'],
    ['2026-99-99T99:99:99.999Z', '1'],
    ['2026-02-30T00:00:00.000Z', '1'],
    ['0000-01-01T00:00:00.000Z', '1'],
    ['2026-99-99 00:00:00.000000+00', '00000000-0000-4000-8000-000000000000'],
    ...['2026-01-01 99:99:99.9+99', '2026-02-30 00:00:00+00', '0000-01-01 00:00:00+00', '2026-01-01 00:00:00+99'].map(
      (time) => [time, '00000000-0000-4000-8000-000000000000'],
    ),
    ['2026-01-01T00:00:00.000Z', '00000000-0000-0000-0000-00000000000g'],
  ].map(cursorOf),
  'a'.repeat(3_000),
];

/** Would end what the other calls need: they get no id that exists, and no sign-out. */
const ending = new Set(['deleteProject', 'archiveProject', 'pauseProject', 'endSession', 'signOut', 'changePassword']);
/** Answer a stream, or do seconds of work for each accepted call. */
const slow = new Set(['createProject', 'restoreVersion', 'publish']);

let home: string;
let platform: PlatformProcess;
let token: string;
const real: Record<string, string> = {};

interface Sent {
  status: number;
  code: string | undefined;
  what: string;
}

const faults: string[] = [];
const statuses = new Map<number, number>();

async function send(id: string, contract: RouteContract, path: string, body?: string, type = 'application/json') {
  const sent: Sent = { status: 0, code: undefined, what: `${id}: ${contract.method} ${path.slice(0, 200)}` };
  const leave = new AbortController();
  const response = await fetch(platform.url + path, {
    method: contract.method,
    signal: leave.signal,
    headers: {
      authorization: `Bearer ${token}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': type }),
      'sec-fetch-site': 'same-origin',
    },
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => {
    // Closing the connection on an oversized or malformed request is an answer too.
    sent.what += ` ${String((error as Error).cause ?? error)}`;
    return null;
  });
  sent.status = response?.status ?? 0;
  statuses.set(sent.status, (statuses.get(sent.status) ?? 0) + 1);
  if (!response) return sent;
  if (response.status < 400) {
    await (contract.stream ? leave.abort() : response.arrayBuffer());
    return sent;
  }
  const text = await response.text();
  const problem = (() => {
    try {
      return JSON.parse(text) as { code?: string; title?: string };
    } catch {
      return {};
    }
  })();
  sent.code = problem.code;
  const known = problem.code !== undefined && problem.code in errorCatalogue;
  const expected =
    response.status < 500 || (response.status === 503 && (contract.errors ?? []).includes(`${sent.code}`));
  if (!known || !expected) {
    faults.push(`${response.status} ${sent.code ?? text.slice(0, 200)} ← ${sent.what} ${(body ?? '').slice(0, 160)}`);
  }
  return sent;
}

/** Runs calls a few at a time. */
async function all(jobs: (() => Promise<unknown>)[]): Promise<void> {
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const job of queue) await job();
    }),
  );
}

/** A real path for a route, so that what is tested is what comes after the lookup. */
const realPath = (id: string, contract: RouteContract): string =>
  fillPath(contract, (name, segment) =>
    ending.has(id) ? '4611686018427387904' : name === 'number' ? '1' : (real[segment] ?? '4611686018427387904'),
  );

function queryOf(contract: RouteContract, changed?: [name: string, encoded: string]): string {
  const properties = contract.query ? shapeOf(contract.query).properties : undefined;
  if (!properties) return '';
  const parts = Object.keys(properties).flatMap((name) => {
    if (changed?.[0] === name) return [`${name}=${changed[1]}`];
    return name === 'path' ? ['path=src%2Fmain.ts'] : [];
  });
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

function bodiesOf(contract: RouteContract): string[] {
  if (!contract.body) return [];
  const shape = shapeOf(contract.body);
  const sample = sampleOf(shape) as Record<string, unknown>;
  const fields = Object.keys(shape.properties ?? {});
  const changed = fields.flatMap((field) => nastyValues.map((value) => JSON.stringify({ ...sample, [field]: value })));
  const random = fc.sample(anythingLike(shape), { numRuns: RANDOM_BODIES, seed: 20261122 });
  return [...nastyBodies, ...changed, ...random.map((body) => JSON.stringify(body))];
}

/** Objects with the fields of a schema and values that hardly fit. */
const anythingLike = (shape: Shape) =>
  fc.record(
    Object.fromEntries(
      Object.keys(shape.properties ?? {}).map((field) => [
        field,
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.double(), fc.anything({ maxDepth: 2 })),
      ]),
    ),
    { requiredKeys: [] },
  );

const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(platform.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${response.status} ${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
};

beforeAll(async () => {
  home = await makeHome();
  platform = await startPlatform({ home, port: await freePort() });
  token = '';
  const person = { email: 'fuzz@example.com', name: 'Fuzz', password: 'three unrelated words' };
  token = (await call<SessionGrant>('POST', '/api/auth/sign-up', person)).accessToken;
  // What is sent to Mara waits; her work is not what is tested here.
  await call('PUT', '/api/admin/kill-switches/publish', { enabled: true, reason: 'fuzz' });
  const project = await call<Project>('POST', '/api/projects', { name: 'Fuzz' });
  const view = await call<{ conversation: { id: string } }>('GET', `/api/projects/${project.id}/conversation`);
  const todo = await call<{ id: string }>('POST', '/api/todos', { title: 'Fuzz' });
  Object.assign(real, { projects: project.id, conversations: view.conversation.id, todos: todo.id });
  const said = await call<{ turn: { id: string } }>('POST', `/api/conversations/${view.conversation.id}/messages`, {
    content: 'What can you do?',
  });
  real.turns = said.turn.id;
  await call('PUT', '/api/admin/kill-switches/agent-turns', { enabled: true, reason: 'fuzz' });
});

afterAll(async () => {
  await platform?.stop();
  await removeHome(home);
});

test('no path, query or body makes a route fail on our side', { timeout: 120_000 }, async () => {
  const jobs = contracts.flatMap(([id, contract]) => {
    const path = realPath(id, contract);
    const names = [...contract.url.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const properties = contract.query ? Object.keys(shapeOf(contract.query).properties ?? {}) : [];
    const sample = contract.body ? JSON.stringify(sampleOf(shapeOf(contract.body))) : undefined;
    const bodies = bodiesOf(contract).filter((_body, index) => !slow.has(id) || index % 3 === 0);
    return [
      ...names.flatMap((name) =>
        nastyIds.map((nasty) => () => {
          const nastyPath = fillPath(contract, (one, segment) =>
            one === name ? nasty : one === 'number' ? '1' : (real[segment] ?? '1'),
          );
          return send(id, contract, nastyPath + queryOf(contract), sample);
        }),
      ),
      ...properties.flatMap((name) =>
        nastyQueries.map((nasty) => () => send(id, contract, path + queryOf(contract, [name, nasty]), sample)),
      ),
      ...bodies.map((body) => () => send(id, contract, path + queryOf(contract), body)),
      ...(contract.body ? [() => send(id, contract, path, 'a=1', 'application/x-www-form-urlencoded')] : []),
      ...(contract.body ? [() => send(id, contract, path, 'x'.repeat((contract.bodyLimit ?? 65_536) + 1))] : []),
    ];
  });
  await all(jobs);
  expect(faults).toEqual([]);
  // The calls reached what they test: most got past the door, and some did what they asked for.
  const share = (status: number) => (statuses.get(status) ?? 0) / jobs.length;
  expect(share(0) + share(401)).toBeLessThan(0.05);
  for (const status of [200, 400, 404]) expect(share(status)).toBeGreaterThan(0.02);
  const health = await fetch(`${platform.url}/readyz`);
  expect(health.status).toBe(200);
});

test('one Idempotency-Key in parallel calls makes one thing', async () => {
  const title = 'Only once';
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      fetch(`${platform.url}/api/todos`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          'idempotency-key': 'the-same',
        },
        body: JSON.stringify({ title }),
      }).then((response) => response.status),
    ),
  );
  expect(answers).toContain(201);
  expect(answers.filter((status) => status !== 201 && status !== 429)).toEqual([]);
  const todos = await call<{ items: { title: string }[] }>('GET', '/api/todos?limit=100');
  expect(todos.items.filter((todo) => todo.title === title)).toHaveLength(1);
});
