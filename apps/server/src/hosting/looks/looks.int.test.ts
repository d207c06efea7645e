import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Look, LookStep, Project } from '@talkide/contracts';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AppSpec, Runtime } from '../../runtime/index.ts';
import { testDatabase, testDataPlane } from '../../testing/index.ts';
import { eventually, hostedRig, type Person } from '../testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const startApp = { now: 0, most: 0, hold: async (_spec: AppSpec): Promise<void> => {} };
const rig = await hostedRig({
  db,
  dataPlane,
  changes: ({ runtime }) => ({
    runtime: {
      status: runtime.status,
      paths: runtime.paths,
      survivors: [],
      run: (job) => runtime.run(job),
      startWorker: (spec) => runtime.startWorker(spec),
      close: () => runtime.close(),
      async startApp(spec) {
        const process = await runtime.startApp(spec);
        startApp.now += 1;
        startApp.most = Math.max(startApp.most, startApp.now);
        void process.exited.then(() => {
          startApp.now -= 1;
        });
        await startApp.hold(spec);
        return process;
      },
    } satisfies Runtime,
  }),
});
const admin = new Client({ connectionString: dataPlane.adminUrl });
beforeAll(() => admin.connect());
afterAll(() => admin.end());

let ada: Person;
let project: Project;
beforeEach(async () => {
  ada = await rig.person();
  project = await ada.create('Guest book');
  await ada.released(project, 'PREVIEW', 'ACTIVE', 1);
  Object.assign(startApp, { most: 0, hold: async () => {} });
});

/** Writes into the working tree as an agent does. */
async function write(path: string, content: string): Promise<void> {
  const row = await db.system((tx) => rig.projects.get(tx, project.id));
  const file = join(rig.projects.treesDir(row?.environment_id ?? ''), project.id, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
const get = (path: string): LookStep => ({ method: 'GET', path });
const look = (steps: LookStep[], signal = new AbortController().signal): Promise<Look> =>
  rig.hosting.look({ tenantId: ada.tenantId, projectId: project.id, steps }, signal);
const schemas = async () => {
  const { rows } = await admin.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname like 'tk\\_t${ada.tenantId}\\_%' order by 1`,
  );
  return rows.map(({ name }) => name.replace(/^.*_/, ''));
};
/** Nothing of a look is left: no process, no database, no folder. */
async function leftOver() {
  return { processes: startApp.now, schemas: await schemas(), folders: await readdir(join(rig.home, 'builds')) };
}
const nothing = { processes: 0, schemas: ['preview'], folders: [] };

const guestBook = async (columns: string) => {
  await write('migrations/0002_entry.sql', `create table entry (${columns});\n`);
  await write('server/routes/index.ts', `export { default as entries } from './entries.ts';\n`);
  await write(
    'server/routes/entries.ts',
    `import type { FastifyInstance } from 'fastify';
     import { sql } from '../db.ts';
     export default async function entries(app: FastifyInstance): Promise<void> {
       app.get('/api/health', async () => ({ status: 'ok' }));
       app.get('/api/entries', async () => sql\`select * from entry\`);
       app.post<{ Body: { name: string } }>('/api/entries', async (request, reply) => {
         const [entry] = await sql\`insert into entry (name) values (\${request.body.name}) returning *\`;
         return reply.status(201).send(entry);
       });
     }\n`,
  );
};

describe('a look', () => {
  test('shows the code as it stands now, and changes nothing that people see', async () => {
    await write('index.html', '<!doctype html><title>Half done</title><div id="app"></div>\n');
    const seen = await look([get('/'), get('/api/health'), get('/api/nowhere'), get('/about?x=1')]);
    expect(seen).toMatchObject({
      outcome: 'answered',
      answers: [
        { status: 200, contentType: expect.stringContaining('text/html'), cut: false },
        { status: 200, text: '{"status":"ok"}' },
        { status: 404, contentType: expect.stringContaining('json') },
        { status: 200 },
      ],
    });
    expect(seen.outcome === 'answered' && seen.answers[0]?.text).toContain('<title>Half done</title>');
    expect((await rig.visit(project.previewUrl)).body).not.toContain('Half done');
    expect((await ada.call('GET', `/api/projects/${project.id}/versions`)).body.items).toHaveLength(1);
    expect((await ada.call('GET', `/api/projects/${project.id}/builds`)).body.items).toHaveLength(1);
    expect((await ada.call('GET', `/api/projects/${project.id}/releases`)).body.items).toHaveLength(1);
    expect(await leftOver()).toEqual(nothing);
  });

  test('has an empty database of its own, so a migration can be mended and looked at again', async () => {
    const steps: LookStep[] = [{ method: 'POST', path: '/api/entries', body: { name: 'Ada' } }, get('/api/entries')];
    await guestBook('nam text');
    expect(await look(steps)).toMatchObject({ answers: [{ status: 500 }, { status: 200, text: '[]' }] });
    await guestBook('name text');
    expect(await look(steps)).toMatchObject({ answers: [{ status: 201 }, { text: '[{"name":"Ada"}]' }] });
    expect(await look(steps)).toMatchObject({ answers: [{ status: 201 }, { text: '[{"name":"Ada"}]' }] });
    const { rows } = await admin.query(`select from pg_tables where tablename = 'entry'`);
    expect(rows).toEqual([]);
    expect(await leftOver()).toEqual(nothing);
  });

  test('at code that does not build says so, with the end of the log', async () => {
    await write('src/pages/Home.vue', `<script setup>import X from './Missing.vue'</script><template>x</template>\n`);
    const seen = await look([get('/')]);
    expect(seen).toMatchObject({ outcome: 'not_built', log: expect.stringContaining('Missing.vue') });
    expect(await leftOver()).toEqual(nothing);
    expect(rig.failures).toEqual([]);
  });

  test('at an application that does not start says so, with the end of its log', async () => {
    await write('server/main.ts', `console.log('Good morning.');\nthrow new Error('no coffee');\n`);
    const seen = await look([get('/')]);
    expect(seen).toMatchObject({
      outcome: 'not_started',
      reason: 'The app ended before it answered.',
      log: expect.stringMatching(/Good morning\.[\s\S]*no coffee/),
    });
    expect(await leftOver()).toEqual(nothing);
  });

  test('at an application that crashes when it is asked shows that too', async () => {
    await write('server/routes/index.ts', `export { default as entries } from './entries.ts';\n`);
    await write(
      'server/routes/entries.ts',
      `export default async function entries(app) {
         app.get('/api/health', async () => 'ok');
         app.get('/api/crash', async () => { console.log('last words'); process.exit(7); });
       }\n`,
    );
    const seen = await look([get('/api/crash'), get('/')]);
    expect(seen).toMatchObject({
      outcome: 'answered',
      answers: [{ status: null }, { status: null }],
      log: expect.stringContaining('last words'),
    });
    expect(await leftOver()).toEqual(nothing);
  });

  test('is called off by its signal, and leaves nothing', async () => {
    const turn = new AbortController();
    startApp.hold = async () => turn.abort(new Error('the turn ended'));
    await expect(look([get('/')], turn.signal)).rejects.toThrow('the turn ended');
    expect(await leftOver()).toEqual(nothing);
    await expect(look([get('/')], turn.signal)).rejects.toThrow('the turn ended');
  });

  test('is called off when its project is deleted', async () => {
    const deleted = Promise.withResolvers<unknown>();
    startApp.hold = async () => {
      // Answered only once the look is gone.
      deleted.resolve(ada.call('DELETE', `/api/projects/${project.id}`, { body: { confirm: project.name } }));
      await eventually(async () => !(await db.system((tx) => rig.projects.get(tx, project.id))));
    };
    expect(await look([get('/'), get('/')])).toEqual({ outcome: 'unavailable', reason: expect.any(String) });
    expect(await deleted.promise).toMatchObject({ status: 204 });
    expect(await leftOver()).toEqual({ ...nothing, schemas: [] });
  });

  test('of one project waits for the one before', async () => {
    const seen = await Promise.all([look([get('/')]), look([get('/api/health')]), look([get('/api/nowhere')])]);
    expect(seen.map((one) => one.outcome === 'answered' && one.answers[0]?.status)).toEqual([200, 200, 404]);
    expect(startApp.most).toBe(1);
    expect(await leftOver()).toEqual(nothing);
  });

  test('of another tenant’s project is refused', async () => {
    const eve = await rig.person();
    const asked = { tenantId: eve.tenantId, projectId: project.id, steps: [get('/')] };
    await expect(rig.hosting.look(asked, new AbortController().signal)).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('the version that a turn ends with uses the artefact that the look built', async () => {
  await write('index.html', '<!doctype html><title>Looked at</title><div id="app"></div>\n');
  expect(await look([get('/')])).toMatchObject({ outcome: 'answered' });
  const row = await db.system((tx) => rig.projects.get(tx, project.id));
  if (!row) throw new Error('the project is gone');
  const committed = await rig.projects.commitTree(row, { message: 'Looked at', author: 'Mara' });
  if (!committed) throw new Error('nothing was committed');
  const built = await db.tenant(ada.tenantId, async (tx) => {
    const version = await rig.projects.addVersion(tx, {
      ...committed,
      project: row,
      description: 'Looked at',
      source: 'EDIT',
      turnId: null,
    });
    const scope = { tenantId: ada.tenantId, projectId: project.id };
    return rig.hosting.requestBuild(tx, { ...scope, versionId: version.id, commit: committed.commit, turnId: null });
  });
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  expect((await ada.call('GET', `/api/builds/${built}/log`)).body).toContain('built before');
  expect((await rig.visit(project.previewUrl)).body).toContain('<title>Looked at</title>');
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
