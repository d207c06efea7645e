import { metricRoutes, type Project } from '@talkide/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { processId } from './launcher.ts';
import { hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });

let ada: Person;
let project: Project;
beforeAll(async () => {
  ada = await rig.person();
  project = await ada.create('Counted');
  await ada.released(project, 'PREVIEW', 'ACTIVE');
});

const read = async (kind: 'PREVIEW' | 'PUBLISHED' = 'PREVIEW', range: 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' = 'HOUR') => {
  await rig.metrics.flush();
  const { status, body } = await ada.call(metricRoutes.readMetrics, {
    params: { id: project.id },
    query: { kind, range },
  });
  expect(status).toBe(200);
  return body;
};

describe('how an application does', () => {
  test('is counted by the answer, with its time and its bytes', async () => {
    const before = (await read()).total;
    for (let n = 0; n < 5; n += 1) expect((await rig.visit(project.previewUrl)).status).toBe(200);
    expect((await rig.visit(project.previewUrl, '/api/nowhere')).status).toBe(404);
    const { total, steps, stepSeconds } = await read();
    expect(total.requests - before.requests).toBe(6);
    expect(total.errors).toBe(before.errors);
    expect(total.bytesOut).toBeGreaterThan(before.bytesOut + 1_000);
    expect(total.p95Ms).toBeGreaterThanOrEqual(total.p50Ms ?? Number.POSITIVE_INFINITY);
    expect([stepSeconds, steps.length]).toEqual([300, 12]);
    expect(steps.reduce((sum, step) => sum + step.requests, 0)).toBe(total.requests);
    expect((await read('PUBLISHED')).total).toMatchObject({ requests: 0, p50Ms: null });
  });

  test.each([
    ['DAY', 3_600, 24],
    ['WEEK', 21_600, 28],
    ['MONTH', 86_400, 30],
  ] as const)('a %s has its steps', async (range, seconds, count) => {
    const { stepSeconds, steps, total } = await read('PREVIEW', range);
    expect([stepSeconds, steps.length]).toEqual([seconds, count]);
    expect(total.requests).toBeGreaterThan(0);
  });

  test('a start, what the process uses, and a page of ours in its place', async () => {
    const [release] = await db.system((tx) =>
      tx
        .selectFrom('release')
        .select('id')
        .where('project_id', '=', project.id)
        .where('status', '=', 'ACTIVE')
        .execute(),
    );
    const before = (await read()).total;
    await rig.apps.drainAndStop(processId(release?.id ?? ''));
    expect((await rig.visit(project.previewUrl)).status).toBe(200);
    await rig.metrics.processes.look();
    const after = (await read()).total;
    expect(after.coldWakes - before.coldWakes).toBe(1);
    expect(after.memoryBytes).toBeGreaterThan(10_000_000);
    expect(after.cpuMs).toBeGreaterThan(before.cpuMs);
  });

  test("404 for another tenant's project, 400 for no range", async () => {
    const ben = await rig.person();
    const call = { params: { id: project.id }, query: { kind: 'PREVIEW' as const } };
    expect((await ben.call(metricRoutes.readMetrics, call)).status).toBe(404);
    expect((await ada.call('GET', `/api/projects/${project.id}/metrics?kind=PREVIEW&range=YEAR`)).status).toBe(400);
  });

  test('numbers of two processes add up, and those of a deleted project are dropped', async () => {
    const app = { tenantId: ada.tenantId, projectId: project.id, kind: 'PUBLISHED' as const };
    for (let n = 0; n < 2; n += 1) {
      rig.metrics.answered(app, { status: 503, ms: 20, bytes: 7 });
      await rig.metrics.flush();
    }
    rig.metrics.answered({ ...app, projectId: '999999' }, { status: 200, ms: 1, bytes: 1 });
    const { total } = await read('PUBLISHED');
    expect(total).toMatchObject({ requests: 2, errors: 2, bytesOut: 14 });
    expect(total.p50Ms).toBeGreaterThanOrEqual(20);
    expect(total.p50Ms).toBeLessThan(25);
  });
});
