import { type TurnAssignment, WORKER_PATHS } from '@talkide/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../platform/secrets.ts';
import { testDatabase } from '../testing/index.ts';
import { activity, FakeWorkerClient } from './testing/fake-worker-client.ts';
import { conversationsRig, type Person } from './testing/rig.ts';

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
    expect(rig.projects.calls.some((one) => one.call === 'cleanTree')).toBe(false);
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
