import { expect, test } from 'vitest';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { processId } from './launcher.ts';
import { hostedRig } from './testing/hosted.ts';

const { db } = await testDatabase();
const rig = await hostedRig({ db, dataPlane: await testDataPlane() });

test('an application asks to be kept awake for each of its works, until the last has ended', async () => {
  const ada = await rig.person();
  const project = await ada.create('Working');
  await ada.released(project, 'PREVIEW', 'ACTIVE');
  const route = `import type { FastifyInstance } from 'fastify';
import { keepAwake } from '../awake.ts';

export default async function work(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { name: string; until: string } }>('/api/work/:name/:until', async ({ params }) => {
    keepAwake(params.name, new Date(Number(params.until)));
    return {};
  });
}
`;
  await ada.edit(project, 'server/routes/work.ts', route);
  const routes = ['about', 'health', 'work'].map((name) => `export { default as ${name} } from './${name}.ts';\n`);
  await ada.edit(project, 'server/routes/index.ts', routes.join(''));
  const { id } = await ada.released(project, 'PREVIEW', 'ACTIVE', 3);
  const awakeUntil = () => rig.apps.process(processId(id))?.awakeUntil();
  expect(awakeUntil()).toBe(0);
  const say = async (name: string, until: number) =>
    expect((await rig.visit(project.previewUrl, `/api/work/${name}/${until}`)).status).toBe(200);
  await say('report', 1_790_000_000_000);
  await say('import', 1_780_000_000_000);
  expect(awakeUntil()).toBe(1_790_000_000_000);
  await say('report', 5);
  expect(awakeUntil()).toBe(1_780_000_000_000);
  await say('import', 5);
  expect(awakeUntil()).toBe(5);
});
