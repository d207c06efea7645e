import { type TurnAssignment, WORKER_PATHS } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TurnRow } from '../platform/db/index.ts';
import { sha256 } from '../platform/secrets.ts';
import { testDatabase } from '../testing/index.ts';
import { activity, FakeWorkerClient } from './testing/fake-worker-client.ts';
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

describe('claim', () => {
  it('200 hands out everything a turn needs', async () => {
    const { turnId } = await anna.say('A guest book, please');
    const { assignment } = await anna.worker.claim();
    const row = await turnRow(turnId);
    expect(assignment).toMatchObject({
      turnId,
      attempt: 1,
      projectId: anna.projectId,
      conversationId: anna.conversationId,
      sessionId: null,
      tree: anna.projectId,
      kind: 'USER',
      prompt: 'A guest book, please',
      locale: 'en',
      stack: { id: 'typescript-fastify-vue', notesFile: 'AGENTS.md' },
      model: 'talkide-demo',
      nextSeq: 1,
      leaseToken: row.lease_token,
    });
    expect(row).toMatchObject({ status: 'RUNNING', token_hash: sha256(assignment.gatewayToken) });
    expect(JSON.stringify(row)).not.toContain(assignment.gatewayToken);
    expect(rig.projects.calls).toContainEqual({ call: 'readyTree', projectId: anna.projectId });
  });

  it('waits for work and wakes for it', async () => {
    const claimed = anna.worker.claim();
    const { turnId } = await anna.say('Hello');
    expect((await claimed).assignment.turnId).toBe(turnId);
  });

  it('204 when there is none in time, later with word to exit', async () => {
    const first = await anna.worker.post(WORKER_PATHS.claim, {});
    expect([first.status, first.headers['x-talkide-idle']]).toEqual([204, undefined]);
    await expect
      .poll(async () => (await anna.worker.post(WORKER_PATHS.claim, {})).headers['x-talkide-idle'])
      .toBe('exit');
  });

  it('runs one turn of a project at a time, in order, and several projects side by side up to the bound', async () => {
    await anna.say('first');
    await anna.say('second');
    const more = [await rig.project(anna), await rig.project(anna), await rig.project(anna)];
    for (const { conversationId } of more) {
      await anna.call('POST', `/api/conversations/${conversationId}/messages`, { body: { content: 'side by side' } });
    }
    const turns = [await anna.worker.claim(), await anna.worker.claim(), await anna.worker.claim()];
    expect(turns.map((one) => one.assignment.prompt)).toEqual(['first', 'side by side', 'side by side']);
    expect((await anna.worker.post(WORKER_PATHS.claim, {})).status).toBe(204);
    await turns[1]?.end('SUCCEEDED');
    expect((await anna.worker.claim()).assignment.projectId).toBe(more[2]?.projectId);
    const waiting = anna.worker.claim();
    await turns[0]?.end('SUCCEEDED');
    expect((await waiting).assignment.prompt).toBe('second');
  });

  it('gives every turn out once, however many claim', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => rig.project(anna)));
    await Promise.all(
      others.map(({ conversationId }) =>
        anna.call('POST', `/api/conversations/${conversationId}/messages`, { body: { content: 'x' } }),
      ),
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => anna.worker.post<TurnAssignment>(WORKER_PATHS.claim, {})),
    );
    const claimed = answers.filter((one) => one.status === 200).map((one) => one.body.turnId);
    expect(claimed).toHaveLength(3);
    expect(new Set(claimed).size).toBe(3);
  });

  it('204 while the operator has paused the agents', async () => {
    await anna.say('Hello');
    rig.state.agentsOff = true;
    expect((await anna.worker.post(WORKER_PATHS.claim, {})).status).toBe(204);
  });

  it('401 for a forged token and for an environment that is not active', async () => {
    const forged = new FakeWorkerClient(rig.socketPath, `tkw_${anna.environmentId}_${'0'.repeat(64)}`);
    expect((await forged.post(WORKER_PATHS.claim, {})).status).toBe(401);
    await db.system((tx) =>
      tx.updateTable('environment').set({ status: 'SUSPENDED' }).where('id', '=', anna.environmentId).execute(),
    );
    expect((await anna.worker.post(WORKER_PATHS.claim, {})).status).toBe(401);
  });

  it("never hands out another tenant's turn", async () => {
    await anna.say('Hello');
    expect((await ben.worker.post(WORKER_PATHS.claim, {})).status).toBe(204);
  });

  it('tells Mara when the version before did not build', async () => {
    const versionId = await db.system(async (tx) => {
      const version = await tx
        .insertInto('project_version')
        .values({
          tenant_id: anna.tenantId,
          project_id: anna.projectId,
          version_number: 4,
          commit_sha: 'c',
          tree_sha: 't',
          source: 'EDIT',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await tx
        .insertInto('build')
        .values({
          tenant_id: anna.tenantId,
          project_id: anna.projectId,
          version_id: version.id,
          kind: 'BUNDLE',
          status: 'FAILED',
          output_log: 'No such file ```x',
        })
        .execute();
      return version.id;
    });
    expect(versionId).toBeTruthy();
    await anna.say('Please fix it');
    const { prompt } = (await anna.worker.claim()).assignment;
    expect(prompt).toMatch(/^Please fix it\n\n\(A note of the platform: the build of version 4 failed\./);
    expect(prompt).toContain("No such file '''x");
  });
});

describe('events', () => {
  it('records each once and in order, whatever comes again', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const read = activity({
      toolName: 'Read',
      toolCategory: 'READING',
      toolSummary: 'Reads a',
      payload: { secret: 1 },
    });
    expect(
      (
        await turn.report([
          { ...read, seq: 1 },
          { ...read, seq: 2 },
        ])
      ).body,
    ).toEqual({ ackedSeq: 2, stop: false });
    expect(
      (
        await turn.report([
          { ...read, seq: 1 },
          { ...read, seq: 2 },
          { ...read, seq: 3 },
        ])
      ).body.ackedSeq,
    ).toBe(3);
    expect((await turn.report([{ ...read, seq: 5 }])).body.ackedSeq).toBe(3);
    await Promise.all(
      [1, 2, 3].map(() =>
        turn.report([
          { ...read, seq: 4 },
          { ...read, seq: 5 },
        ]),
      ),
    );
    const rows = await db.system((tx) =>
      tx.selectFrom('activity').select(['seq', 'payload_json']).where('turn_id', '=', turnId).orderBy('seq').execute(),
    );
    expect(rows.map((row) => row.seq)).toEqual(['1', '2', '3', '4', '5']);
    expect(rows[0]?.payload_json).toEqual({ taskKey: null, data: { secret: 1 } });
  });

  it('hands on what calls used, and counts on', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const call = {
      callId: 'e6f0a0b2-5b0e-4f2b-9f6e-0d9f5c1b2a3d',
      agentRole: 'talkide-tester' as const,
      sessionId: turn.assignment.newSessionId,
      ...{ model: 'claude-sonnet-5-5', requestId: 'req_1', serviceTier: 'standard', inferenceGeo: null, speed: null },
      ...{ inputTokens: 4, outputTokens: 7, cacheReadTokens: 5, cacheWrite5mTokens: 3, cacheWrite1hTokens: 2 },
      ...{ webSearchRequests: 0, estimated: false },
    };
    expect(await turn.report([{ type: 'usage', call }])).toMatchObject({ status: 200, body: { ackedSeq: 1 } });
    expect(rig.usage).toEqual([{ turnId, call }]);
    expect(await turn.report([{ type: 'usage', call: { ...call, inputTokens: -1 } }])).toMatchObject({ status: 400 });
  });

  it('nests activities below the task that owns them', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const role = { agentRole: 'talkide-frontend-dev' as const, taskKey: 'toolu_1' };
    await turn.report([
      activity({ toolName: 'Agent', toolCategory: 'DELEGATING' }),
      activity({ ...role, eventType: 'TASK_STARTED', description: 'The page' }),
    ]);
    await turn.report([
      activity({ ...role, toolName: 'Edit', toolCategory: 'EDITING' }),
      activity({ ...role, eventType: 'AGENT_MESSAGE', description: 'Nearly', toolName: 'ignored' }),
      activity({ ...role, eventType: 'TASK_COMPLETED' }),
      activity({ toolName: 'Bash', taskKey: 'unknown' }),
    ]);
    const { activities } = await view(anna);
    const task = activities[1].id;
    expect(activities.map((one: { parentActivityId: string | null }) => one.parentActivityId)).toEqual([
      null,
      null,
      task,
      task,
      task,
      null,
    ]);
    expect(activities.map((one: { toolCategory: string | null }) => one.toolCategory)).toEqual([
      'DELEGATING',
      null,
      'EDITING',
      null,
      null,
      'OTHER',
    ]);
  });

  it('takes messages, questions and sessions', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const sessionId = '6f4f3a52-0d9e-4a52-8f0b-0d3ff4c0a111';
    const question = { type: 'question' as const, question: 'At once?', options: [{ label: 'Yes' }, { label: 'No' }] };
    await turn.report([
      { type: 'session', sessionId, regenerated: false },
      { type: 'message', content: 'I will build it.', question: null },
      { type: 'message', content: 'Should entries appear at once?', question },
    ]);
    await turn.end('SUCCEEDED');
    const { messages } = await view(anna);
    expect(messages.slice(1)).toMatchObject([
      { role: 'PM', content: 'I will build it.', payload: null },
      { role: 'PM', content: 'Should entries appear at once?', payload: question },
    ]);
    await anna.say('Yes');
    expect((await anna.worker.claim()).assignment).toMatchObject({ sessionId, prompt: 'Yes' });
  });

  it('says so when a session was lost', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.report([{ type: 'session', sessionId: '6f4f3a52-0d9e-4a52-8f0b-0d3ff4c0a112', regenerated: true }]);
    expect((await view(anna)).messages.at(-1)).toMatchObject({
      role: 'SYSTEM',
      payload: { code: 'session_regenerated', action: 'NONE' },
    });
  });

  it('takes what PostgreSQL does not: NUL, torn surrogates, huge payloads', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const payload = { 'k\0': '\ud800\0', big: 'x'.repeat(50_000) };
    expect((await turn.report([activity({ toolName: 'B\0ash', description: '\udc00', payload })])).status).toBe(200);
    expect((await turn.say('a\0b')).status).toBe(200);
    expect((await view(anna)).messages.at(-1).content).toBe('ab');
  });

  it("409 for another lease, another tenant's worker and a turn that ended; 400 for nonsense", async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const { turnId, leaseToken } = turn.assignment;
    const body = { leaseToken, events: [], live: [] };
    const path = WORKER_PATHS.events(turnId);
    expect((await anna.worker.post(path, { ...body, leaseToken: '6f4f3a52-0d9e-4a52-8f0b-0d3ff4c0a113' })).status).toBe(
      409,
    );
    expect((await ben.worker.post(path, body)).status).toBe(409);
    expect((await anna.worker.post(WORKER_PATHS.events('999999999'), body)).status).toBe(409);
    expect((await anna.worker.post(path, { leaseToken })).status).toBe(400);
    expect((await anna.worker.post(WORKER_PATHS.events('x'), body)).status).toBe(400);
    await turn.end('SUCCEEDED');
    expect((await anna.worker.post(path, body)).body).toMatchObject({ code: 'lease_lost' });
  });
});

describe('heartbeat', () => {
  it('200 keeps the lease, held for a while', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await db.system((tx) =>
      tx
        .updateTable('turn')
        .set({ lease_expires_at: new Date(Date.now() + 5_000) })
        .where('id', '=', turnId)
        .execute(),
    );
    expect(await turn.heartbeat()).toMatchObject({ status: 200, body: { stop: false } });
    expect((await turnRow(turnId)).lease_expires_at?.getTime()).toBeGreaterThan(Date.now() + 30_000);
  });

  it('409 once the turn has ended, also when that happens while it is held', async () => {
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const held = turn.heartbeat();
    await turn.end('SUCCEEDED');
    expect((await held).status).toBe(409);
    expect((await turn.heartbeat()).status).toBe(409);
  });
});

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
