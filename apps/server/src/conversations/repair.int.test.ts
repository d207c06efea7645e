import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { FakeTurn } from './testing/fake-worker-client.ts';
import { conversationsRig, oneFile, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000 });
let anna: Person;
beforeEach(async () => {
  anna = await rig.person();
  rig.state.agentsOff = false;
});

const view = async () => (await anna.call('GET', `/api/projects/${anna.projectId}/conversation`)).body;
let commits = 0;

/** Ends a turn with a change and says that its build failed. */
async function failBuild(turn: FakeTurn, fingerprint: string, logTail = 'Cannot find ./Missing.vue'): Promise<void> {
  rig.projects.commits.push(oneFile(`c${++commits}`));
  await turn.say('Done.');
  await turn.end('SUCCEEDED');
  await tellFailure(fingerprint, turn.assignment.turnId, logTail);
}

async function tellFailure(fingerprint: string, turnId: string | null, logTail: string): Promise<void> {
  await db.system(async (tx) => {
    const version = await tx
      .selectFrom('project_version')
      .select('id')
      .where('project_id', '=', anna.projectId)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const { tenantId, projectId } = anna;
    await rig.conversations.queueRepair(tx, {
      tenantId,
      projectId,
      versionId: version.id,
      turnId,
      fingerprint,
      logTail,
    });
  });
}

describe('a failed build', () => {
  it('goes back to Mara with its log, at most twice for the same error; then she asks', async () => {
    await anna.say('A guest book');
    await failBuild(await anna.worker.claim(), 'A', 'Cannot find ```./Missing.vue');

    const first = await anna.worker.claim();
    expect(first.assignment).toMatchObject({ kind: 'REPAIR' });
    expect(first.assignment.prompt).toContain('version 1');
    expect(first.assignment.prompt).toContain("Cannot find '''./Missing.vue");
    const { messages } = await view();
    expect(messages.at(-1)).toMatchObject({
      role: 'SYSTEM',
      turnId: first.assignment.turnId,
      payload: { type: 'notice', code: 'build_failed_repairing', action: 'NONE' },
    });
    expect(JSON.stringify(messages)).not.toContain('Missing.vue');

    await failBuild(first, 'A');
    await failBuild(await anna.worker.claim(), 'A');
    const after = await view();
    expect(after.messages.at(-1)).toMatchObject({ payload: { code: 'build_failed_again', action: 'REVERT' } });
    expect(after.turns.every((turn: { status: string }) => turn.status === 'SUCCEEDED')).toBe(true);
    expect(after.messages.at(-1).content).toContain('Version 3');
    const repairs = after.turns.filter((turn: { kind: string }) => turn.kind === 'REPAIR');
    expect(rig.money.waived.slice(-2)).toEqual(repairs.map((turn: { id: string }) => turn.id));
  });

  it('needs one repair only, when a later version fails before that began', async () => {
    await anna.say('A guest book');
    await anna.say('Make the header green');
    await failBuild(await anna.worker.claim(), 'A');
    // The message said meanwhile comes first; its version fails as well.
    await failBuild(await anna.worker.claim(), 'A');
    expect((await anna.worker.claim()).assignment.kind).toBe('REPAIR');
    const repairs = (await view()).turns.filter((turn: { kind: string }) => turn.kind === 'REPAIR');
    expect(repairs).toHaveLength(1);
  });

  it('is repaired anew after the person has spoken', async () => {
    await anna.say('A guest book');
    for (let count = 0; count < 3; count++) await failBuild(await anna.worker.claim(), 'A');
    await anna.say('Try it without that file');
    await failBuild(await anna.worker.claim(), 'A');
    expect((await anna.worker.claim()).assignment.kind).toBe('REPAIR');
  });

  it('is left to the person when the turn had no credit left', async () => {
    await anna.say('A guest book');
    const turn = await anna.worker.claim();
    await db.system((tx) =>
      tx.updateTable('turn').set({ refused_by: 'NO_CREDIT' }).where('id', '=', turn.assignment.turnId).execute(),
    );
    await failBuild(turn, 'A');
    expect((await view()).messages.at(-1)).toMatchObject({ payload: { code: 'build_failed', action: 'FIX' } });
  });

  it('can be retried when the repair itself failed', async () => {
    await anna.say('A guest book');
    await failBuild(await anna.worker.claim(), 'A');
    const repair = await anna.worker.claim();
    await repair.end('FAILED', 'model_unavailable');
    await anna.call('POST', `/api/turns/${repair.assignment.turnId}/retry`);
    const again = await anna.worker.claim();
    expect(again.assignment).toMatchObject({ kind: 'REPAIR', prompt: repair.assignment.prompt });
  });

  it('of a person’s own edit, or while the agents are paused, is shown with an offer to fix it', async () => {
    await anna.say('A guest book');
    const turn = await anna.worker.claim();
    rig.projects.commits.push(oneFile());
    await turn.end('SUCCEEDED');
    await tellFailure('A', null, 'log');
    rig.state.agentsOff = true;
    await tellFailure('A', turn.assignment.turnId, 'log');
    const { messages } = await view();
    expect(messages.slice(-2)).toMatchObject([
      { payload: { code: 'build_failed', action: 'FIX', turnId: null } },
      { payload: { code: 'build_failed', action: 'FIX', turnId: turn.assignment.turnId } },
    ]);
  });
});
