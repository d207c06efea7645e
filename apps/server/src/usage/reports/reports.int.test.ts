import { usageRoutes } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';
import { createUsage } from '../index.ts';
import { spender } from '../testing/spender.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
createUsage({ db, clock: systemClock }).routes(app);
const [operator, visitor] = [new TestBrowser(app), new TestBrowser(app)];
await operator.signUp();
const jana = await spender(db, new TestBrowser(app));
const eve = await spender(db, new TestBrowser(app));

const [book, board, hers] = [await jana.project(), await jana.project(), await eve.project()];
const first = { place: book, turnId: await jana.turn(book, { prompt: `A guest book ${'x'.repeat(200)}` }) };
const failed = { place: book, turnId: await jana.turn(book, { status: 'FAILED' }) };
const repair = { place: board, turnId: await jana.turn(board, { kind: 'REPAIR' }) };
const late = { place: board, turnId: await jana.turn(board) };
const foreign = { place: hers, turnId: await eve.turn(hers) };
await jana.call(first, { at: '2026-03-01T00:00:00Z', chargedUsd: '0.0000000001' });
await jana.call(first, { at: '2026-03-01T23:59:59.999999Z', chargedUsd: '0.2', agentRole: 'talkide-tester' });
await jana.call(failed, { at: '2026-03-03T12:00:00Z', chargedUsd: '0.3', model: 'claude-opus-5', rawUsd: '0.2' });
await jana.call(failed, { at: '2026-03-03T12:00:01Z', chargedUsd: '0.4', agentRole: 'somebody', estimated: true });
await jana.call(repair, { at: '2026-03-04T12:00:00Z', chargedUsd: '1.25', agentRole: null });
await jana.call(late, { at: '2026-04-01T00:00:00Z', chargedUsd: '9' });
await eve.call(foreign, { at: '2026-03-03T12:00:00Z', chargedUsd: '100', rawUsd: '101' });
await jana.waive(failed.turnId, '0.5');

const march = { from: '2026-03-01', to: '2026-03-31' };
const names = await db.system((tx) => tx.selectFrom('project').select(['id', 'name']).execute());
const nameOf = (id: string) => names.find((one) => one.id === id)?.name ?? null;

describe('the summary', () => {
  it('sums a period exactly, in every part, largest first', async () => {
    const { status, body } = await jana.browser.call(usageRoutes.usageSummary, { query: march });
    expect(status).toBe(200);
    expect(body).toMatchObject({ from: '2026-03-01', to: '2026-03-31' });
    expect(body.total).toEqual({
      calls: 5,
      chargedUsd: '2.1500000001',
      waivedUsd: '0.5',
      inputTokens: 500,
      outputTokens: 50,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    });
    expect(body.days).toHaveLength(31);
    expect(body.days.slice(0, 4)).toEqual([
      { day: '2026-03-01', calls: 2, chargedUsd: '0.2000000001', waivedUsd: '0' },
      { day: '2026-03-02', calls: 0, chargedUsd: '0', waivedUsd: '0' },
      { day: '2026-03-03', calls: 2, chargedUsd: '0.7', waivedUsd: '0.5' },
      { day: '2026-03-04', calls: 1, chargedUsd: '1.25', waivedUsd: '0' },
    ]);
    expect(body.projects).toEqual([
      { projectId: board.projectId, name: nameOf(board.projectId), calls: 1, chargedUsd: '1.25', waivedUsd: '0' },
      {
        ...{ projectId: book.projectId, name: nameOf(book.projectId) },
        ...{ calls: 4, chargedUsd: '0.9000000001', waivedUsd: '0.5' },
      },
    ]);
    expect(body.conversations.map((one) => [one.conversationId, one.projectName, one.title, one.calls])).toEqual([
      [board.conversationId, nameOf(board.projectId), '', 1],
      [book.conversationId, nameOf(book.projectId), '', 4],
    ]);
    expect(body.models.map((one) => [one.model, one.chargedUsd, one.waivedUsd, one.inputTokens])).toEqual([
      ['talkide-demo', '1.8500000001', '0.2', 400],
      ['claude-opus-5', '0.3', '0.3', 100],
    ]);
    expect(body.roles.map((one) => [one.agentRole, one.chargedUsd, one.waivedUsd])).toEqual([
      [null, '1.65', '0.2'],
      ['talkide-pm', '0.3000000001', '0.3'],
      ['talkide-tester', '0.2', '0'],
    ]);
  });

  it('is of one project where that is asked for', async () => {
    const query = { ...march, projectId: board.projectId };
    const { body } = await jana.browser.call(usageRoutes.usageSummary, { query });
    expect([body.total.chargedUsd, body.projects.length, body.conversations.length]).toEqual(['1.25', 1, 1]);
  });

  it('of a period without calls is all zeros', async () => {
    const query = { from: '2025-12-31', to: '2026-01-01' };
    const { body } = await jana.browser.call(usageRoutes.usageSummary, { query });
    expect(body.total).toMatchObject({ calls: 0, chargedUsd: '0', waivedUsd: '0', inputTokens: 0 });
    expect(body.days.map(({ day, calls }) => [day, calls])).toEqual([
      ['2025-12-31', 0],
      ['2026-01-01', 0],
    ]);
    expect([body.projects, body.conversations, body.models, body.roles]).toEqual([[], [], [], []]);
  });

  it('is of the running month when no period is named', async () => {
    const { body } = await jana.browser.call(usageRoutes.usageSummary);
    const today = new Date().toISOString().slice(0, 10);
    expect([body.from, body.to]).toEqual([`${today.slice(0, 8)}01`, today]);
  });
});

describe('the turns of a period', () => {
  it('are listed in pages, newest first, with what began them', async () => {
    const page = await jana.browser.call(usageRoutes.listUsageTurns, { query: { ...march, limit: 2 } });
    expect(page.body.items.map((one) => [one.turnId, one.kind, one.status, one.prompt, one.chargedUsd])).toEqual([
      [repair.turnId, 'REPAIR', 'SUCCEEDED', null, '1.25'],
      [failed.turnId, 'USER', 'FAILED', 'Make it green', '0.7'],
    ]);
    const query = { ...march, limit: 2, cursor: page.body.nextCursor ?? '' };
    const rest = (await jana.browser.call(usageRoutes.listUsageTurns, { query })).body;
    expect(rest.nextCursor).toBeNull();
    expect(rest.items).toMatchObject([
      { turnId: first.turnId, calls: 2, chargedUsd: '0.2000000001', projectName: nameOf(book.projectId) },
    ]);
    expect(rest.items[0]?.prompt).toBe(`A guest book ${'x'.repeat(127)}`);
  });

  it('are those of one project where that is asked for', async () => {
    const query = { ...march, projectId: book.projectId };
    const { body } = await jana.browser.call(usageRoutes.listUsageTurns, { query });
    expect(body.items.map((one) => [one.turnId, one.waivedUsd])).toEqual([
      [failed.turnId, '0.5'],
      [first.turnId, '0'],
    ]);
  });

  it('have their calls, in order and in pages', async () => {
    const params = { id: failed.turnId };
    const page = (await jana.browser.call(usageRoutes.listUsageCalls, { params, query: { limit: 1 } })).body;
    expect(page.items).toMatchObject([{ chargedUsd: '0.3', model: 'claude-opus-5', estimated: false }]);
    const query = { cursor: page.nextCursor ?? '' };
    const rest = (await jana.browser.call(usageRoutes.listUsageCalls, { params, query })).body;
    expect(rest.items).toMatchObject([{ chargedUsd: '0.4', agentRole: null, estimated: true, inputTokens: 100 }]);
    expect(rest.nextCursor).toBeNull();
  });

  it('outlive their project', async () => {
    const place = await eve.project();
    const turnId = await eve.turn(place);
    await eve.call({ place, turnId }, { at: '2026-06-01T00:00:00Z' });
    await db.system((tx) => tx.deleteFrom('project').where('id', '=', place.projectId).execute());
    const query = { from: '2026-06-01', to: '2026-06-01', projectId: place.projectId };
    const { body } = await eve.browser.call(usageRoutes.listUsageTurns, { query });
    expect(body.items).toMatchObject([{ turnId, projectName: null, prompt: null, kind: null, status: null }]);
    const summary = (await eve.browser.call(usageRoutes.usageSummary, { query })).body;
    expect(summary.projects).toMatchObject([{ projectId: place.projectId, name: null, chargedUsd: '0.5' }]);
    expect(summary.conversations).toMatchObject([{ title: null, projectName: null }]);
    const calls = await eve.browser.call(usageRoutes.listUsageCalls, { params: { id: turnId } });
    expect(calls.body.items).toHaveLength(1);
  });
});

describe('the platform', () => {
  it('sums all tenants, with the margin', async () => {
    const { body } = await operator.call(usageRoutes.platformUsage, { query: march });
    expect(body.total).toMatchObject({
      ...{ calls: 6, chargedUsd: '102.1500000001', waivedUsd: '0.5', rawUsd: '103.0500000001', marginUsd: '-1.4' },
    });
    expect(body.days[2]).toMatchObject({ day: '2026-03-03', chargedUsd: '100.7', rawUsd: '101.6', marginUsd: '-1.4' });
    expect(body.days[1]).toEqual({
      ...{ day: '2026-03-02', calls: 0, chargedUsd: '0', waivedUsd: '0', rawUsd: '0', marginUsd: '0' },
    });
    expect(body.tenants.map((one) => [one.tenantId, one.chargedUsd, one.marginUsd])).toEqual([
      [eve.tenantId, '100', '-1'],
      [jana.tenantId, '2.1500000001', '-0.4'],
    ]);
    expect(body.models.map((one) => one.model)).toEqual(['talkide-demo', 'claude-opus-5']);
  });
});

describe('walls', () => {
  it.each([
    ['GET', `/api/usage?projectId=${hers.projectId}`],
    ['GET', `/api/usage/turns?projectId=${hers.projectId}`],
    ['GET', `/api/usage/export.csv?projectId=${hers.projectId}`],
    ['GET', `/api/usage/turns/${foreign.turnId}/calls`],
    ['GET', `/api/projects/${hers.projectId}/quote`],
    ['GET', '/api/usage/turns/999999999/calls'],
    ['GET', '/api/usage/turns/x/calls'],
  ] as const)('%s %s of another tenant does not exist', async (method, url) => {
    expect((await jana.browser.call(method, url)).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    ['/api/usage?from=2026-03-02&to=2026-03-01', 422, 'period_refused'],
    ['/api/usage/turns?from=2024-01-01&to=2026-01-01', 422, 'period_refused'],
    ['/api/usage/export.csv?from=0000-01-01&to=0000-01-02', 422, 'period_refused'],
    ['/api/usage?from=2026-02-30', 400, 'bad_request'],
    ['/api/usage?from=9999-12-31&to=9999-12-31', 200, undefined],
    ['/api/usage/turns?cursor=x', 400, 'bad_request'],
    ['/api/usage?projectId=0', 400, 'bad_request'],
  ])('%s answers %i', async (url, status, code) => {
    const answer = await jana.browser.call('GET', url);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each(['/api/usage', '/api/usage/turns', '/api/usage/turns/1/calls', '/api/usage/export.csv', '/api/admin/usage'])(
    '%s is for the signed-in, the platform for the operator',
    async (url) => {
      expect((await visitor.call('GET', url)).status).toBe(401);
      if (url.startsWith('/api/admin/')) expect((await jana.browser.call('GET', url)).status).toBe(403);
    },
  );
});
