import type { LiveEvent, StoredEvent } from '@talkide/contracts';
import { Client } from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createProject, createTenant, testDatabase } from '../testing/index.ts';
import { appendEvent, createEventHub, type Delivered, type EventScope, lastEventId, publishLive } from './events.ts';

const { db, adminUrl } = await testDatabase();
const hub = await createEventHub(db);
let people = 0;

async function someone() {
  people += 1;
  const tenant = await createTenant(db, { email: `p${people}@example.com` });
  return { ...tenant, ...(await createProject(db, tenant)) };
}
const gone = (projectId: string): StoredEvent => ({ type: 'project.deleted', projectId });
const append = (scope: EventScope, ...events: StoredEvent[]) =>
  db.tenant(scope.tenantId, async (tx) => {
    for (const event of events) await appendEvent(tx, scope, event);
  });

/** Follows a scope and gathers what is delivered. */
function follow(scope: EventScope, after = '0') {
  const ended = new AbortController();
  const heard: Delivered[] = [];
  const done = (async () => {
    for await (const one of hub.subscribe(scope, after, ended.signal)) heard.push(one);
  })();
  const stop = async () => {
    ended.abort();
    await done;
  };
  onTestFinished(stop);
  const until = (count: number) => vi.waitUntil(() => heard.length >= count, 15_000);
  return { heard, until, stop };
}

const ids = (heard: Delivered[]) => heard.map(({ event }) => ('projectId' in event ? event.projectId : ''));

test('stored events come in the order of their commits, past and coming ones without a gap', async () => {
  const { tenantId, projectId } = await someone();
  const scope = { tenantId, projectId };
  await append(scope, gone('1'), gone('2'));
  const feed = follow(scope);
  for (let at = 3; at <= 40; at += 2) {
    await Promise.all([append(scope, gone(String(at))), append(scope, gone(String(at + 1)))]);
  }
  await feed.until(40);
  expect(ids(feed.heard).sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 40 }, (_, i) => `${i + 1}`),
  );
  const order = feed.heard.map(({ id }) => BigInt(id ?? 0));
  expect(order).toEqual([...order].sort((a, b) => (a < b ? -1 : 1)));
});

test('more than one batch of the past is read to its end', async () => {
  const { tenantId, projectId } = await someone();
  const scope = { tenantId, projectId };
  await append(scope, ...Array.from({ length: 1_100 }, (_, at) => gone(String(at + 1))));
  const feed = follow(scope);
  await feed.until(1_100);
  expect(ids(feed.heard).at(-1)).toBe('1100');
});

test('a feed resumes behind the event it has seen', async () => {
  const { tenantId, projectId } = await someone();
  const scope = { tenantId, projectId };
  await append(scope, gone('1'), gone('2'));
  const seen = await db.tenant(tenantId, (tx) => lastEventId(tx, scope));
  await append(scope, gone('3'));
  const feed = follow(scope, seen);
  await feed.until(1);
  expect(ids(feed.heard)).toEqual(['3']);
  expect(await db.tenant(tenantId, (tx) => lastEventId(tx, { ...scope, projectId: '1' }))).toBe('0');
});

describe('a scope', () => {
  test('of a project hears it alone, of a tenant all its projects, never another tenant', async () => {
    const ada = await someone();
    const bob = await someone();
    const other = await createProject(db, ada);
    const ofProject = follow({ tenantId: ada.tenantId, projectId: ada.projectId });
    const ofTenant = follow({ tenantId: ada.tenantId });
    const stranger = follow({ tenantId: bob.tenantId, projectId: ada.projectId });
    await append({ tenantId: ada.tenantId, projectId: other.projectId }, gone('1'));
    await append({ tenantId: ada.tenantId, projectId: ada.projectId }, gone('2'));
    await append({ tenantId: bob.tenantId, projectId: bob.projectId }, gone('3'));
    await ofTenant.until(2);
    await ofProject.until(1);
    expect([ids(ofProject.heard), ids(ofTenant.heard), ids(stranger.heard)]).toEqual([['2'], ['1', '2'], []]);
  });
});

test('live events come without an id, long texts in parts that join', async () => {
  const { tenantId, projectId } = await someone();
  const feed = follow({ tenantId, projectId });
  const text = `${'\u0001"ř😀'.repeat(4_000)} the end`;
  const event: LiveEvent = { type: 'build.log', projectId, buildId: '7', offset: 0, text };
  await publishLive(db, tenantId, event);
  const parts = () => feed.heard.map((one) => one.event as Extract<LiveEvent, { type: 'build.log' }>);
  await vi.waitUntil(() => parts().at(-1)?.text.endsWith(' the end'), 15_000);
  expect(
    parts()
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
  expect(feed.heard.every(({ id }) => id === undefined)).toBe(true);
});

test('what was committed while the connection was broken is read when it is back', async () => {
  const { tenantId, projectId } = await someone();
  const scope = { tenantId, projectId };
  const feed = follow(scope);
  await append(scope, gone('1'));
  await feed.until(1);
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
                     where application_name = 'talkide-listen' and datname = current_database()`);
  await admin.end();
  await append(scope, gone('2'));
  await feed.until(2);
  expect(ids(feed.heard)).toEqual(['1', '2']);
});

test('a feed that ends leaves nothing behind', async () => {
  const { tenantId } = await someone();
  const signal = new AbortController();
  const removed = vi.spyOn(signal.signal, 'removeEventListener');
  const feed = hub.subscribe({ tenantId }, '0', signal.signal);
  const next = feed.next();
  signal.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(removed).toHaveBeenCalledTimes(1);
});
