import { projectRoutes, versionRoutes } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { RuntimeUnavailable } from '../runtime/index.ts';
import { createProject, testDatabase } from '../testing/index.ts';
import { projectsPlatform } from './testing/platform.ts';

const { db } = await testDatabase();
const refuse = async () => {
  throw new RuntimeUnavailable('There is no bubblewrap.', 'Install it.');
};
const { person } = await projectsPlatform(db, { runtime: { run: refuse, paths: 'inside' } });
const ann = await person();

/** A project with two versions, the second of a turn, from the time when there were sandboxes. */
async function projectFromBefore() {
  const { projectId, conversationId } = await createProject(db, ann);
  const ofProject = { tenant_id: ann.tenantId, project_id: projectId };
  return db.tenant(ann.tenantId, async (tx) => {
    const message = await tx
      .insertInto('message')
      .values({ tenant_id: ann.tenantId, conversation_id: conversationId, role: 'USER', content: 'Hello' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const turn = await tx
      .insertInto('turn')
      .values({
        ...ofProject,
        ...{ environment_id: ann.environmentId, conversation_id: conversationId, user_id: ann.userId },
        ...{ message_id: message.id, status: 'SUCCEEDED' },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const code = { commit_sha: 'a'.repeat(40), tree_sha: 'b'.repeat(40) };
    await tx
      .insertInto('project_version')
      .values([
        { ...ofProject, ...code, version_number: 1, source: 'TEMPLATE' },
        { ...ofProject, ...code, version_number: 2, source: 'TURN', turn_id: turn.id },
      ])
      .execute();
    return { id: projectId, turnId: turn.id };
  });
}

describe('without sandboxes', () => {
  it('lists and checks, and refuses what needs one with the reason and the mend', async () => {
    expect((await ann.call(projectRoutes.listProjects)).status).toBe(200);
    expect((await ann.call(projectRoutes.checkSlug, { query: { name: 'x' } })).status).toBe(200);
    const answer = await ann.call(projectRoutes.createProject, { body: { name: 'X' } });
    expect(answer.body).toMatchObject({ status: 503, code: 'runtime_unavailable', facts: { mend: 'Install it.' } });
    expect((await ann.call(projectRoutes.listProjects)).body.items).toEqual([]);
  });

  it('refuses to read and to change code, and the project stays as it is', async () => {
    const { id, turnId } = await projectFromBefore();
    const [params, query] = [{ id }, { path: 'README.md' }];
    const answers = [
      await ann.call(projectRoutes.listFiles, { params }),
      await ann.call(projectRoutes.readFile, { params, query }),
      await ann.call(projectRoutes.writeFile, {
        ...{ params, query, body: { content: 'x' } },
        headers: { 'if-none-match': '*' },
      }),
      await ann.call(versionRoutes.versionDiff, { params: { id, number: 2 } }),
      await ann.call(versionRoutes.restoreVersion, { params: { id, number: 1 } }),
      await ann.call(versionRoutes.undoTurn, { params: { id: turnId } }),
    ];
    for (const { body } of answers) {
      expect(body).toMatchObject({ status: 503, code: 'runtime_unavailable', facts: { mend: 'Install it.' } });
    }
    expect((await ann.call(versionRoutes.listVersions, { params })).body.items).toHaveLength(2);
  });
});
