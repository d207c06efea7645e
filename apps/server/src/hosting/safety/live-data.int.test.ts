import { afterAll, expect, test } from 'vitest';
import { createSecrets } from '../../platform/secrets.ts';
import { testDataPlane } from '../../testing/index.ts';
import { createDataPlane } from '../data-plane.ts';
import { connectAs, postgresAddress } from '../testing/data-plane-client.ts';
import { createLiveData } from './live-data.ts';

const { adminUrl } = await testDataPlane();
const database = new URL(adminUrl).pathname.slice(1);
const options = { adminUrl, database, secrets: createSecrets('a secret of the test') };
const dataPlane = createDataPlane({ ...options, alone: true });
const [died, live] = [createLiveData(options), createLiveData(options)];
afterAll(() => Promise.all([dataPlane.close(), died.close(), live.close()]));

/** An application whose data can be asked for and changed by SQL. */
async function published(slug: string) {
  const app = { tenantId: String(process.pid), slug };
  const url = await dataPlane.ensure(app, 'prod');
  const sql = async (text: string) => {
    const client = await connectAs(url, { database, ...postgresAddress() });
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  await sql(`create table entry as select 'of before' as text`);
  return { app, sql, fill: (text: string) => () => sql(`create table entry as select '${text}' as text`) };
}

/** Begins to replace and dies before anything is filled in. */
const dieInReplacing = (app: Parameters<typeof died.replace>[0]) =>
  new Promise<void>((begun) => {
    died.replace(app, () => {
      begun();
      return new Promise(() => {});
    });
  });
const fails = () => Promise.reject(new Error('the backup cannot be read'));

test('after a death in the middle the data of before are still what a failure goes back to', async () => {
  const { app, sql, fill } = await published('died');
  await dieInReplacing(app);
  await expect(live.replace(app, fails)).rejects.toThrow('cannot be read');
  expect(await sql('select text from entry')).toEqual([{ text: 'of before' }]);
  await dieInReplacing(app);
  await live.replace(app, fill('of the backup'));
  expect(await sql('select text from entry')).toEqual([{ text: 'of the backup' }]);
});

test('what a death after the end left aside never comes back', async () => {
  const { app, sql, fill } = await published('late');
  await dieInReplacing(app);
  await fill('of the backup')();
  await expect(live.replace(app, fails)).rejects.toThrow('cannot be read');
  expect(await sql('select text from entry')).toEqual([{ text: 'of the backup' }]);
});
