import { WORKER_PATHS } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TurnRow } from '../platform/db/index.ts';
import { testDatabase } from '../testing/index.ts';
import { conversationsRig, oneFile, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000, stopGraceMs: 60_000 });
let anna: Person;
let ben: Person;

beforeEach(async () => {
  anna = await rig.person();
  ben = await rig.person();
  rig.state.agentsOff = false;
  rig.projects.commits.length = 0;
  rig.projects.calls.length = 0;
  rig.builds.length = 0;
});

const turnRow = (id: string) =>
  db.system((tx) => tx.selectFrom('turn').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
const view = async (person: Person) =>
  (await person.call('GET', `/api/projects/${person.projectId}/conversation`)).body;

describe('result', () => {
  it('204 makes the commit, the version, the build and the result on the last message', async () => {
    const { turnId } = await anna.say('Make the header green');
    const turn = await anna.worker.claim();
    await turn.say('The header is green.');
    await db.system((tx) =>
      tx
        .updateTable('turn')
        .set({ input_tokens: '100', cache_read_tokens: '20', output_tokens: '7', charged_cost_usd: '0.0012500000' })
        .where('id', '=', turnId)
        .execute(),
    );
    rig.projects.commits.push(oneFile('abc'));
    expect((await turn.end('SUCCEEDED')).status).toBe(204);

    expect(rig.projects.calls.find((one) => one.call === 'commitTree')).toMatchObject({
      projectId: anna.projectId,
      about: { message: 'Make the header green', author: 'Mara' },
    });
    expect(rig.builds).toEqual([{ turnId, commit: 'abc' }]);
    expect(await turnRow(turnId)).toMatchObject({
      status: 'SUCCEEDED',
      result_commit: 'abc',
      token_hash: null,
      lease_expires_at: null,
    });
    const { messages, turns } = await view(anna);
    expect(turns).toMatchObject([{ status: 'SUCCEEDED', costUsd: '0.00125', inputTokens: 120, outputTokens: 7 }]);
    expect(messages.at(-1)).toMatchObject({
      content: 'The header is green.',
      payload: {
        type: 'result',
        versionNumber: 1,
        files: [{ path: 'src/App.vue', change: 'MODIFIED', additions: 3, deletions: 1 }],
        inputTokens: 120,
        outputTokens: 7,
        costUsd: '0.00125',
      },
    });
  });

  it('204 again for the same lease, and changes nothing', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    rig.projects.commits.push(oneFile('abc'), oneFile('def'));
    const answers = await Promise.all([turn.end('SUCCEEDED'), turn.end('SUCCEEDED')]);
    answers.push(await turn.end('SUCCEEDED'), await turn.end('FAILED', 'agent_failed'));
    expect(answers.map((one) => one.status)).toEqual([204, 204, 204, 204]);
    expect(rig.builds).toHaveLength(1);
    expect(await turnRow(turnId)).toMatchObject({ status: 'SUCCEEDED', result_commit: 'abc' });
  });

  it('closes a silent turn with a short message, and one that only asked with nothing', async () => {
    await anna.say('Hello');
    const silent = await anna.worker.claim();
    await silent.end('SUCCEEDED');
    expect((await view(anna)).messages.at(-1)).toMatchObject({
      role: 'PM',
      content: 'Done, without changing any files.',
      payload: { type: 'result', versionNumber: null, files: [] },
    });
    await anna.say('Hello again');
    const asking = await anna.worker.claim();
    const question = { type: 'question' as const, question: 'Which?', options: [] };
    await asking.report([{ type: 'message', content: 'Which?', question }]);
    await asking.end('SUCCEEDED');
    const { messages } = await view(anna);
    expect(messages.at(-1)).toMatchObject({ content: 'Which?', payload: question });
    expect(messages).toHaveLength(4);
  });

  it.each(['model_unavailable', 'model_refused', 'agent_failed', 'turn_too_long'] as const)(
    '204 for %s cleans the tree, says why and gives the cost back',
    async (code) => {
      const { turnId } = await anna.say('Hello');
      const turn = await anna.worker.claim();
      await turn.say('I begin.');
      expect((await turn.end('FAILED', code)).status).toBe(204);
      expect(rig.projects.calls).toContainEqual({
        call: 'cleanTree',
        projectId: anna.projectId,
        about: { keepAs: turnId },
      });
      const { messages, turns } = await view(anna);
      expect(turns).toMatchObject([{ status: 'FAILED', errorCode: code }]);
      expect(messages.at(-1)).toMatchObject({
        role: 'SYSTEM',
        turnId,
        payload: { type: 'notice', code, action: 'RETRY', turnId },
      });
      expect(messages.at(-1).content).toMatch(/You are not charged for it\.$/);
      expect(rig.money.settled).toContain(turnId);
      expect(rig.money.waived).toContain(turnId);
      expect(messages.at(-2).content).toBe('I begin.');
    },
  );

  const refuse = (
    turnId: string,
    refused_by: TurnRow['refused_by'],
    spent: { cap_usd?: string; charged_cost_usd?: string } = {},
  ) =>
    db.system((tx) =>
      tx
        .updateTable('turn')
        .set({ refused_by, ...spent })
        .where('id', '=', turnId)
        .execute(),
    );

  it.each([
    ['NO_CREDIT', 'no_credit', 'TOP_UP'],
    ['MONTHLY_LIMIT', 'monthly_limit', 'LIMITS'],
    ['PROJECT_CAP', 'project_cap', 'LIMITS'],
    ['FAIR_USE', 'fair_use', 'NONE'],
  ] as const)(
    'keeps the work of a turn whose calls were refused for %s, and says so',
    async (refusedBy, code, action) => {
      const { turnId } = await anna.say('Hello');
      const turn = await anna.worker.claim();
      await turn.say('I begin.');
      await refuse(turnId, refusedBy);
      rig.projects.commits.push(oneFile('abc'));
      expect((await turn.end('FAILED', 'credit_used_up')).status).toBe(204);
      const { messages, turns } = await view(anna);
      expect(turns).toMatchObject([{ status: 'CANCELLED', errorCode: code }]);
      expect(messages.at(-2)).toMatchObject({ content: 'I begin.', payload: { type: 'result', versionNumber: 1 } });
      expect(messages.at(-1)).toMatchObject({ role: 'SYSTEM', payload: { type: 'notice', code, action, turnId } });
      expect(rig.money.waived).not.toContain(turnId);
    },
  );

  it('asks whether to go on when a turn has reached its cap', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await refuse(turnId, 'TURN_CAP', { cap_usd: '0.5', charged_cost_usd: '0.49' });
    await turn.end('FAILED', 'credit_used_up');
    const { messages, turns } = await view(anna);
    expect(turns).toMatchObject([{ status: 'CANCELLED', errorCode: 'turn_cap' }]);
    expect(messages.at(-1)).toMatchObject({
      role: 'PM',
      payload: { type: 'question', options: [{ label: 'Go on' }, { label: 'Leave it there' }] },
    });
    expect(messages.at(-1).content).toContain('0.50 USD');
  });

  it('does not ask where the cap is too little to begin with', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await refuse(turnId, 'TURN_CAP', { cap_usd: '0.01' });
    await turn.end('FAILED', 'credit_used_up');
    const last = (await view(anna)).messages.at(-1);
    expect(last).toMatchObject({ role: 'SYSTEM', payload: { type: 'notice', code: 'turn_cap', action: 'LIMITS' } });
    expect(last.content).toContain('0.01 USD');
  });

  it("blames the platform, not the person, when the platform's own account is used up", async () => {
    await anna.say('Hello');
    await (await anna.worker.claim()).end('FAILED', 'credit_used_up');
    expect((await view(anna)).turns).toMatchObject([{ status: 'FAILED', errorCode: 'model_unavailable' }]);
  });

  it('fails a turn whose changes cannot be committed', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    rig.projects.commits.push(new Error('disk full'));
    expect((await turn.end('SUCCEEDED')).status).toBe(204);
    expect((await view(anna)).turns).toMatchObject([{ status: 'FAILED', errorCode: 'commit_failed' }]);
  });

  it.each([true, false])(
    'keeps the work and names the pause while the agents are paused (refused: %s)',
    async (refused) => {
      const { turnId } = await anna.say('Hello');
      const turn = await anna.worker.claim();
      rig.state.agentsOff = true;
      if (refused) await refuse(turnId, 'TURNS_OFF');
      rig.projects.commits.push(oneFile('abc'));
      await turn.end('FAILED', 'model_refused');
      const { messages, turns } = await view(anna);
      expect(turns).toMatchObject([{ status: 'CANCELLED', errorCode: 'agents_paused' }]);
      expect(messages.at(-2)).toMatchObject({ payload: { type: 'result', versionNumber: 1 } });
      expect(rig.money.waived).not.toContain(turnId);
      expect(messages.at(-1).content).toContain('The reason: Maintenance');
    },
  );

  it("409 for another lease and another tenant's worker; 400 for nonsense", async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const { turnId, leaseToken } = turn.assignment;
    const body = { leaseToken, outcome: 'SUCCEEDED', errorCode: null, errorDetail: null, lastSeq: 0 };
    const path = WORKER_PATHS.result(turnId);
    expect((await ben.worker.post(path, body)).status).toBe(409);
    expect((await anna.worker.post(path, { ...body, leaseToken: '6f4f3a52-0d9e-4a52-8f0b-0d3ff4c0a114' })).status).toBe(
      409,
    );
    expect((await anna.worker.post(path, { ...body, outcome: 'MAYBE' })).status).toBe(400);
  });

  it('adds what a call cost that ended after the turn', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.say('Done.');
    await turn.end('STOPPED');
    await db.system(async (tx) => {
      const row = await tx
        .updateTable('turn')
        .set({ charged_cost_usd: '0.5000000000', output_tokens: '9' })
        .where('id', '=', turnId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await rig.conversations.costChanged(tx, row);
    });
    const { messages } = await view(anna);
    expect(messages.at(-1)).toMatchObject({ content: 'Done.', payload: { costUsd: '0.5', outputTokens: 9 } });
  });
});
