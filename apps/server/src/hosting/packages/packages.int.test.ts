import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { egressRoutes, type PackagesAnswer, type Project, projectRoutes, versionRoutes } from '@talkide/contracts';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../../testing/index.ts';
import { eventually, hostedRig, type Person } from '../testing/hosted.ts';
import { npmRegistry } from '../testing/npm-registry.ts';
import type { PackagesChange } from './packages.ts';
import { readPlain } from './plain-file.ts';
import { packagesKey } from './store.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
let reached = 0;
const elsewhere = createServer((_request, response) => {
  reached += 1;
  response.end('mine');
});
await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
afterAll(() => elsewhere.close());
const tarball = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/elsewhere-1.0.0.tgz`;
const registry = await npmRegistry([
  { name: 'elsewhere', version: '1.0.0', main: '', tarball },
  { name: 'greeting', version: '1.0.0', main: `export const greeting = 'Good morning';` },
  {
    name: 'greeting',
    version: '2.0.0',
    main: `export { whole as greeting } from 'whole';`,
    dependencies: { whole: '1.0.0' },
    scripts: { install: 'touch /build/ran-a-script' },
  },
  { name: 'whole', version: '1.0.0', main: `export const whole = 'Good day to you';` },
]);
const rig = await hostedRig({
  ...{ db, dataPlane, registry: registry.url },
  outside: { resolve: async (host) => (host === '127.0.0.1' ? [host] : []) },
});

let ada: Person;
let project: Project;
/** Where its packages are. */
let store: string;
beforeEach(async () => {
  ada = await rig.person();
  project = await ada.create('Guest book');
  await ada.released(project, 'PREVIEW', 'ACTIVE', 1);
  const row = await db.system((tx) => rig.projects.get(tx, project.id));
  if (row) store = await rig.projects.packagesDir(row);
});

/** An application without a framework: what it says comes from a package. */
const EMPTY = {
  packageJson: '{"name":"app","version":"0.1.0","private":true,"type":"module"}',
  lockfile:
    '{"name":"app","version":"0.1.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"app","version":"0.1.0"}}}',
};
const BUILD = `import { cp, mkdir, writeFile } from 'node:fs/promises';
import { greeting } from 'greeting';
await mkdir('dist', { recursive: true });
await writeFile('dist/server.js', \`import { createServer } from 'node:http';
createServer((request, response) => response.end(\${JSON.stringify(greeting)})).listen(process.env.PORT);\`);
`;

const change = (
  wanted: Partial<PackagesChange>,
  { of = project, person = ada, signal = new AbortController().signal } = {},
): Promise<PackagesAnswer> =>
  rig.hosting.changePackages(
    { tenantId: person.tenantId, projectId: of.id },
    { ...EMPTY, add: [], remove: [], ...wanted },
    signal,
  );
function installed(answer: PackagesAnswer) {
  if (answer.outcome !== 'installed') throw new Error(JSON.stringify(answer));
  return answer;
}
const log = (answer: PackagesAnswer) => (answer.outcome === 'failed' ? answer.log : JSON.stringify(answer));
const dependencies = (packageJson: string): unknown => JSON.parse(packageJson).dependencies;

/** Saved as a turn saves them, one version a file; the answer is the number of the last. */
async function save(files: Record<string, string>, before = 1): Promise<number> {
  for (const [path, content] of Object.entries(files)) await ada.edit(project, path, content);
  return before + Object.keys(files).length;
}
const says = async () => (await rig.visit(project.previewUrl)).body;
const lastBuild = (version: number) =>
  eventually(async () => {
    const { body } = await ada.call(versionRoutes.listBuilds, { params: { id: project.id } });
    const one = body.items.find(({ versionNumber }) => versionNumber === version);
    return one && ['SUCCESS', 'FAILED'].includes(one.status) && one;
  });
const kept = () => readdirSync(store).filter((name) => !name.startsWith('draft-'));

describe('packages of an application', () => {
  test('come from the registry; builds have them without a network, and the owner sees where they came from', async () => {
    const answer = installed(await change({ add: ['greeting@1'] }));
    expect(dependencies(answer.packageJson)).toEqual({ greeting: '1.0.0' });
    expect(answer.lockfile).not.toContain('127.0.0.1');
    expect(answer.modules).toMatch(new RegExp(`^/opt/packages/${project.id}/[0-9a-f]{32}/node_modules$`));
    expect(existsSync(join(store, answer.modules.split('/')[4] ?? '', 'node_modules/greeting/index.js'))).toBe(true);
    const asked = registry.asked.length;
    const { packageJson, lockfile } = answer;
    await save({ 'build.mjs': BUILD, 'package.json': packageJson, 'package-lock.json': lockfile });
    await ada.released(project, 'PREVIEW', 'ACTIVE', 4);
    expect(await says()).toBe('Good morning');
    expect(registry.asked).toHaveLength(asked);
    await rig.egress.flush();
    const { body } = await ada.call(egressRoutes.listEgress, { params: { id: project.id }, query: { days: 1 } });
    expect(body.items).toMatchObject([{ host: '127.0.0.1', kind: 'PACKAGES', refused: 0 }]);
  });

  test('that a lockfile names are installed by the build when they are not there yet', async () => {
    const { packageJson, lockfile } = installed(await change({ add: ['greeting@2'] }));
    rmSync(store, { recursive: true });
    await save({ 'build.mjs': BUILD, 'package.json': packageJson, 'package-lock.json': lockfile });
    await ada.released(project, 'PREVIEW', 'ACTIVE', 4);
    expect(await says()).toBe('Good day to you');
    expect(kept()).toHaveLength(1);
  });

  test('run none of their scripts', async () => {
    const answer = installed(await change({ add: ['greeting@2'] }));
    const folder = join(store, answer.modules.split('/')[4] ?? '');
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'package-lock.json', 'package.json']);
  });

  test('go when they are removed', async () => {
    const both = installed(await change({ add: ['greeting@1', 'whole'] }));
    const one = installed(await change({ ...both, remove: ['whole'] }));
    expect(dependencies(one.packageJson)).toEqual({ greeting: '1.0.0' });
    expect(kept()).toHaveLength(2);
  });

  test('are those of the stack for its own lockfile', async () => {
    const [stack] = rig.projects.stacks.all;
    const lockfile = readFileSync(join(stack?.templateDir ?? '', 'package-lock.json'), 'utf8');
    expect(packagesKey(lockfile)).toBe(stack?.dependenciesKey);
  });

  test('that are not there, or no packages of the registry, change nothing and say why', async () => {
    expect(log(await change({ add: ['no-such-package'] }))).toContain('404');
    expect(log(await change({ add: ['greeting@7'] }))).toMatch(/No matching version|notarget/);
    expect(kept()).toEqual([]);
  });

  test('cannot be fetched from anywhere else, also when the registry says so', async () => {
    expect(log(await change({ add: ['elsewhere'] }))).toContain('EALLOWREMOTE');
    // With a lockfile npm itself sees nothing wrong.
    const packageJson = { ...JSON.parse(EMPTY.packageJson), dependencies: { elsewhere: '1.0.0' } };
    const packages = { '': packageJson, 'node_modules/elsewhere': { version: '1.0.0' } };
    await save({
      'package.json': JSON.stringify(packageJson),
      'package-lock.json': JSON.stringify({ ...JSON.parse(EMPTY.lockfile), packages }),
    });
    expect((await lastBuild(3)).outputTail).toMatch(/403|NOT_LISTED/);
    expect(reached).toBe(0);
    await rig.egress.flush();
    const { body } = await ada.call(egressRoutes.listEgress, { params: { id: project.id }, query: { days: 1 } });
    expect(body.items).toContainEqual(expect.objectContaining({ kind: 'PACKAGES', reason: 'NOT_LISTED' }));
  });

  test.each([
    ['a file of the host', { dependencies: { mine: 'file:/etc' } }],
    ['a git repository', { dependencies: { mine: 'git+ssh://git@127.0.0.1/mine.git' } }],
    ['no JSON', null],
  ])('%s is no package', async (_what, more) => {
    const packageJson = more === null ? '{' : JSON.stringify({ ...JSON.parse(EMPTY.packageJson), ...more });
    const answer = await change({ packageJson });
    // A folder of the sandbox's own may be linked; nothing of it is copied or shown.
    if (answer.outcome === 'installed') expect(answer.lockfile).not.toContain('root:');
    else expect(answer.outcome).toBe('failed');
  });

  test('of a lockfile that fits no package.json fail the build, with the words of npm', async () => {
    const { lockfile } = installed(await change({ add: ['greeting@1'] }));
    rmSync(store, { recursive: true });
    await save({ 'package-lock.json': lockfile });
    expect((await lastBuild(2)).outputTail).toContain('npm error');
  });

  test('are each project’s own: another’s is not found, and a link in their place is not followed', async () => {
    const ben = await rig.person();
    await expect(change({ add: ['greeting@1'] }, { person: ben })).rejects.toMatchObject({ code: 'not_found' });
    const outside = mkdtempSync(join(rig.home, 'outside-'));
    writeFileSync(join(outside, 'package-lock.json'), EMPTY.lockfile);
    expect(await readPlain(join(outside, 'package-lock.json'), 1_000)).toBe(EMPTY.lockfile);
    symlinkSync(join(outside, 'package-lock.json'), join(outside, 'link'));
    expect(await readPlain(join(outside, 'link'), 1_000)).toBeNull();
    expect(await readPlain(join(outside, 'package-lock.json'), 10)).toBeNull();
    expect(await readPlain(outside, 1_000)).toBeNull();
  });

  test('are called off with their turn, and leave nothing', async () => {
    const off = new AbortController();
    const work = change({ add: ['greeting@1'] }, { signal: off.signal });
    off.abort(new Error('the turn ended'));
    await expect(work).rejects.toThrow('the turn ended');
    await eventually(async () => !existsSync(store) || readdirSync(store).length === 0);
  });

  test('go with their project', async () => {
    installed(await change({ add: ['greeting@1'] }));
    expect(kept()).toHaveLength(1);
    expect((await ada.call(projectRoutes.deleteProject, { params: { id: project.id } })).status).toBe(204);
    await eventually(async () => !existsSync(store));
  });
});
