import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { type Project, variableRoutes } from '@talkide/contracts';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createVault } from '../platform/vault.ts';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { createVariables } from '../variables/index.ts';
import { processId } from './launcher.ts';
import { eventually, hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const rig = await hostedRig({ db, dataPlane });
const SECRET = 'sk-not-for-anybody-else';

/** The application says how its variable begins, and prints all of it into its log. */
const tells = `import type { FastifyInstance } from 'fastify';
export default async function about(app: FastifyInstance) {
  app.get('/api/about', async () => {
    console.log('the key is ' + process.env.STRIPE_KEY + ' ' + Buffer.from(process.env.STRIPE_KEY ?? '').toString('base64'));
    return { starts: (process.env.STRIPE_KEY ?? 'none').slice(0, 3), env: process.env.APP_ENV };
  });
}
`;

async function telling(name: string): Promise<{ ada: Person; project: Project }> {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.edit(project, 'server/routes/about.ts', tells);
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  return { ada, project };
}
const at = (project: Project) => ({ params: { id: project.id } });
const set = (ada: Person, project: Project, value: string, kinds: ('PREVIEW' | 'PUBLISHED')[] = ['PREVIEW']) =>
  ada.call(variableRoutes.setVariables, {
    ...at(project),
    body: { kinds, variables: [{ name: 'STRIPE_KEY', value }] },
  });
const starts = async (address: string) => JSON.parse((await rig.visit(address, '/api/about')).body).starts as string;

describe('variables of an application', () => {
  test('are told to what runs without a failed request, to each release its own, and never shown again', async () => {
    const { ada, project } = await telling('Told');
    await ada.call('POST', `/api/projects/${project.id}/publish`, { body: {} });
    await ada.released(project, 'PUBLISHED', 'ACTIVE');
    expect(await starts(project.previewUrl)).toBe('non');

    const agent = new Agent({ keepAlive: true });
    const statuses = new Set<number>();
    let going = true;
    const visitor = async () => {
      while (going) statuses.add((await rig.visit(project.previewUrl, '/', agent)).status);
    };
    const asking = Promise.all(Array.from({ length: 8 }, visitor));
    const { status, body } = await set(ada, project, SECRET);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      items: [{ name: 'STRIPE_KEY', kind: 'PREVIEW' }],
      effects: { PREVIEW: 'RESTARTING' },
    });
    await eventually(async () => (await starts(project.previewUrl)) === 'sk-');
    going = false;
    await asking;
    agent.destroy();
    expect([...statuses]).toEqual([200]);
    expect(await starts(project.publicUrl)).toBe('non');

    expect((await set(ada, project, 'pk-published', ['PUBLISHED'])).status).toBe(200);
    await eventually(async () => (await starts(project.publicUrl)) === 'pk-');
    expect(await starts(project.previewUrl)).toBe('sk-');
    // Publishing what is published already changes no status, and neither does a restart.
    expect((await ada.call('GET', `/api/projects/${project.id}`)).body).toMatchObject({ status: 'LIVE' });

    const listed = await ada.call(variableRoutes.listVariables, at(project));
    expect(listed.body.items.map(({ kind }) => kind)).toEqual(['PREVIEW', 'PUBLISHED']);
    expect(JSON.stringify(listed.body)).not.toContain('sk-');
  });

  test('stand in no log, in no form', async () => {
    const { ada, project } = await telling('Logged');
    await set(ada, project, SECRET);
    await eventually(async () => (await starts(project.previewUrl)) === 'sk-');
    const log = () => ada.call('GET', `/api/projects/${project.id}/logs?kind=PREVIEW`);
    await eventually(
      async () => (await log()).body.log?.includes('the key is •••') || (await logs(project)).includes('•••'),
    );
    expect(await logs(project)).not.toContain(SECRET);
    expect(await logs(project)).not.toContain(Buffer.from(SECRET).toString('base64'));
  });

  test('a value with which it does not start leaves the old one serving', async () => {
    const { ada, project } = await telling('Fails');
    await ada.edit(
      project,
      'server/routes/about.ts',
      tells.replace(
        'app.get',
        `if (process.env.STRIPE_KEY === 'bad-value') throw new Error('refused ' + process.env.STRIPE_KEY);\n  app.get`,
      ),
    );
    await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
    await set(ada, project, 'good-value');
    await eventually(async () => (await starts(project.previewUrl)) === 'goo');
    await set(ada, project, 'bad-value');
    const failed = await ada.released(project, 'PREVIEW', 'FAILED', 3);
    expect(failed.error).toContain('refused •••');
    expect(await starts(project.previewUrl)).toBe('goo');
  });

  test('what did not start for want of one starts when it is set', async () => {
    const { ada, project } = await telling('Wanting');
    const wanting = (name: string) =>
      ada.edit(
        project,
        'server/routes/about.ts',
        tells.replace('app.get', `if (!process.env.${name}) throw new Error('no ${name}');\n  app.get`),
      );
    await wanting('STRIPE_KEY');
    await ada.released(project, 'PREVIEW', 'FAILED', 3);
    await set(ada, project, SECRET);
    await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
    expect(await starts(project.previewUrl)).toBe('sk-');
    const versions = () => ada.call('GET', `/api/projects/${project.id}/versions`);
    expect((await versions()).body.items[0]).toMatchObject({ versionNumber: 3, status: 'APPLIED' });

    // Another one is missing still: what serves takes the new value all the same.
    await wanting('OTHER_KEY');
    await ada.released(project, 'PREVIEW', 'FAILED', 4);
    await set(ada, project, 'pk-other');
    await eventually(async () => (await starts(project.previewUrl)) === 'pk-');
    expect((await versions()).body.items[0]).toMatchObject({ versionNumber: 4, status: 'FAILED' });
  });

  test('many changes at once become few restarts, and the last value holds', async () => {
    const { ada, project } = await telling('Many');
    const answers = await Promise.all(['a1-first', 'b2-second', 'c3-third'].map((value) => set(ada, project, value)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { body } = await set(ada, project, 'z9-last-one');
    expect(['WAITING', 'RESTARTING']).toContain(body.effects.PREVIEW);
    await eventually(async () => (await starts(project.previewUrl)) === 'z9-');
  });

  test('are told again at every wake; a look is told that there is one', async () => {
    const { ada, project } = await telling('Wakes');
    await set(ada, project, SECRET);
    await eventually(async () => (await starts(project.previewUrl)) === 'sk-');
    const release = await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
    await rig.apps.drainAndStop(processId(release.id), 0);
    expect(rig.apps.process(processId(release.id))).toBeNull();
    expect(await starts(project.previewUrl)).toBe('sk-');

    const owner = { tenantId: ada.tenantId, projectId: project.id };
    const steps = [{ method: 'GET' as const, path: '/api/about' }];
    const seen = await rig.hosting.look({ ...owner, steps }, new AbortController().signal);
    expect(JSON.stringify(seen)).toContain(String.raw`{\"starts\":\"not\"`);
  });

  test('are removed, and go with their project', async () => {
    const { ada, project } = await telling('Removed');
    await set(ada, project, SECRET, ['PREVIEW', 'PUBLISHED']);
    const remove = (query = {}) =>
      ada.call(variableRoutes.removeVariable, { params: { id: project.id, name: 'STRIPE_KEY' }, query });
    const one = await remove({ kind: 'PUBLISHED' });
    expect(one.body).toMatchObject({ items: [{ kind: 'PREVIEW' }], effects: { PUBLISHED: 'NEXT_START' } });
    expect((await remove()).body.items).toEqual([]);
    await eventually(async () => (await starts(project.previewUrl)) === 'non');
    expect((await remove()).status).toBe(404);
    await set(ada, project, SECRET);
    expect((await ada.call('DELETE', `/api/projects/${project.id}`)).status).toBe(204);
    const left = () =>
      db.system((tx) => tx.selectFrom('project_variable').select('id').where('project_id', '=', project.id).execute());
    expect(await left()).toEqual([]);
  });
});

const logs = async (project: Project): Promise<string> => {
  const releases = await db.system((tx) =>
    tx.selectFrom('release').select('id').where('project_id', '=', project.id).execute(),
  );
  const texts = releases.map(({ id }) => readFile(join(rig.home, 'log', 'apps', `${id}.log`), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).join('\n');
};

describe('what cannot be', () => {
  test('400 names the variable and the reason; 409 where there are too many', async () => {
    const ada = await rig.person();
    const project = await ada.create('Refused');
    const put = (body: object) => ada.call('PUT', `/api/projects/${project.id}/variables`, { body });
    const reserved = await put({ kinds: ['PREVIEW'], variables: [{ name: 'DATABASE_URL', value: 'x' }] });
    expect(reserved).toMatchObject({ status: 400, body: { code: 'variable_reserved' } });
    expect((await put({ kinds: ['PREVIEW'], dotenv: 'lower=1' })).body.code).toBe('variable_invalid');
    expect((await put({ kinds: ['PREVIEW'], dotenv: `A=${'ž'.repeat(5000)}` })).body.code).toBe('variable_too_long');
    expect((await put({ kinds: ['PREVIEW'], dotenv: '# nothing' })).body.code).toBe('variables_not_found');
    expect((await put({ kinds: [], variables: [] })).status).toBe(400);
    expect((await put({ kinds: ['LOOK'], variables: [] })).status).toBe(400);
    expect((await put({ kinds: ['PREVIEW'], variables: [{ name: 'A', value: 'nul\0' }] })).status).toBe(400);
    const many = (from: number) => Array.from({ length: 100 }, (_, n) => ({ name: `V${from + n}`, value: 'x' }));
    const both = { kinds: ['PREVIEW', 'PUBLISHED'] };
    expect((await put({ ...both, variables: many(0) })).status).toBe(200);
    expect(await put({ ...both, variables: many(100) })).toMatchObject({
      status: 409,
      body: { code: 'too_many_variables' },
    });
    const long = (from: number) =>
      Array.from({ length: 4 }, (_, n) => ({ name: `V${from + n}`, value: 'x'.repeat(8192) }));
    expect((await put({ kinds: ['PREVIEW'], variables: long(0) })).status).toBe(200);
    expect(await put({ kinds: ['PREVIEW'], variables: long(4) })).toMatchObject({
      status: 409,
      body: { code: 'variables_too_large' },
    });
    // All or nothing.
    expect((await ada.call(variableRoutes.listVariables, at(project))).body.items).toHaveLength(200);
  });

  test("401 without a session, 404 for another tenant's project", async () => {
    const [ada, ben] = [await rig.person(), await rig.person()];
    const project = await ada.create('Mine');
    await set(ada, project, SECRET);
    const params = { id: project.id };
    expect((await ben.call(variableRoutes.listVariables, { params })).status).toBe(404);
    expect((await set(ben, project, 'mine now')).status).toBe(404);
    const removal = { params: { ...params, name: 'STRIPE_KEY' }, query: {} };
    expect((await ben.call(variableRoutes.removeVariable, removal)).status).toBe(404);
    expect((await ada.call(variableRoutes.listVariables, { params })).body.items).toHaveLength(1);
  });
});

test('at rest they are sealed, each in its place, and a rotation of the secret key seals them anew', async () => {
  const ada = await rig.person();
  const project = await ada.create('Rotated');
  await set(ada, project, SECRET);
  const rows = () =>
    db.system((tx) => tx.selectFrom('project_variable').selectAll().where('project_id', '=', project.id).execute());
  const [before] = await rows();
  expect(JSON.stringify(before)).not.toContain(SECRET);
  const rotated = createVault({ current: 'n'.repeat(32), previous: 's'.repeat(32) });
  const messages: string[] = [];
  const log = {
    info: (_: object, text: string) => void messages.push(text),
    error: (_: object, text: string) => void messages.push(text),
  };
  const options = { db, projects: rig.projects, restart: async () => 'NEXT_START' as const, log };
  const owner = { tenantId: ada.tenantId, projectId: project.id };
  const lost = createVariables({ ...options, vault: createVault({ current: 'x'.repeat(32) }) });
  await lost.start();
  expect(messages).toEqual([expect.stringContaining('TALKIDE_SECRET_KEY_PREVIOUS')]);
  await expect(db.system((tx) => lost.read(tx, owner, 'PREVIEW'))).rejects.toThrow('another secret key');
  const after = createVariables({ ...options, vault: rotated });
  await after.start();
  expect(await db.system((tx) => after.read(tx, owner, 'PREVIEW'))).toEqual({ STRIPE_KEY: SECRET });
  const [row] = await rows();
  expect(row?.sealed).not.toBe(before?.sealed);
  expect(rotated.isCurrent(row?.sealed ?? '')).toBe(true);
  // A sealed value that is copied to another row does not open there.
  await db.system((tx) =>
    sql`insert into project_variable (tenant_id, project_id, kind, name, sealed)
        values (${ada.tenantId}, ${project.id}, 'PUBLISHED', 'STRIPE_KEY', ${row?.sealed})`.execute(tx),
  );
  await expect(db.system((tx) => after.read(tx, owner, 'PUBLISHED'))).rejects.toThrow('does not belong here');
});
