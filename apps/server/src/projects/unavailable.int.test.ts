import { describe, expect, it } from 'vitest';
import { RuntimeUnavailable } from '../runtime/index.ts';
import { testDatabase } from '../testing/index.ts';
import { projectsPlatform } from './testing/platform.ts';

const { db } = await testDatabase();
const refuse = async () => {
  throw new RuntimeUnavailable('There is no bubblewrap.', 'Install it.');
};
const { person } = await projectsPlatform(db, { runtime: { run: refuse } });
const ann = await person();

describe('without sandboxes', () => {
  it('lists and checks, and refuses what needs one with the reason and the mend', async () => {
    expect((await ann.call('GET', '/api/projects')).status).toBe(200);
    expect((await ann.call('GET', '/api/slugs?name=x')).status).toBe(200);
    const answer = await ann.call('POST', '/api/projects', { body: { name: 'X' } });
    expect(answer.body).toMatchObject({ status: 503, code: 'runtime_unavailable', facts: { mend: 'Install it.' } });
    expect((await ann.call('GET', '/api/projects')).body.items).toEqual([]);
  });
});
