import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { activity } from './testing/fake-worker-client.ts';
import { conversationsRig, oneFile, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
// Nothing is taken over here: tests hold turns as long as they like.
const rig = await conversationsRig(db, { leaseMs: 60_000, stopGraceMs: 60_000 });
let anna: Person;
let ben: Person;

beforeEach(async () => {
  anna = await rig.person();
  ben = await rig.person();
  rig.state.agentsOff = false;
  rig.state.runtime = { status: 'available', limits: 'cgroup-v2', grade: 'production' };
  rig.projects.calls.length = 0;
});

const messagesUrl = (of: { conversationId: string }) => `/api/conversations/${of.conversationId}/messages`;
const send = (person: Person, content = 'Hello', of: { conversationId: string } = person) =>
  person.call('POST', messagesUrl(of), { body: { content } });
const setStatus = (projectId: string, status: 'PAUSED' | 'ARCHIVED' | 'LIVE') =>
  db.system((tx) => tx.updateTable('project').set({ status }).where('id', '=', projectId).execute());

describe('sendMessage', () => {
  it('201 stores the message with a waiting turn and titles the conversation', async () => {
    const { status, body } = await send(anna, '  Please build a guest book\nwith approval ');
    expect(status).toBe(201);
    expect(body).toMatchObject({
      message: {
        role: 'USER',
        content: 'Please build a guest book\nwith approval',
        turnId: body.turn.id,
        payload: null,
      },
      turn: { status: 'QUEUED', kind: 'USER', messageId: body.message.id, costUsd: '0', startedAt: null },
    });
    const view = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    expect(view.body.conversation.title).toBe('Please build a guest book');
    await send(anna, 'Another');
    const again = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    expect(again.body.conversation.title).toBe('Please build a guest book');
    expect(again.body.conversation.updatedAt > view.body.conversation.updatedAt).toBe(true);
  });

  it('starts the worker of the environment, once', async () => {
    await send(anna);
    await send(anna);
    await expect
      .poll(() => rig.workers.started.filter((one) => one.environmentId === anna.environmentId).length)
      .toBe(1);
  });

  it('201 with the same answer for the same Idempotency-Key', async () => {
    const options = { body: { content: 'Once' }, headers: { 'idempotency-key': 'k1' } };
    const first = await anna.call('POST', messagesUrl(anna), options);
    const second = await anna.call('POST', messagesUrl(anna), options);
    expect(second.body).toEqual(first.body);
    const other = await anna.call('POST', messagesUrl(anna), { ...options, body: { content: 'Twice' } });
    expect(other.status).toBe(422);
  });

  it('takes text that PostgreSQL does not', async () => {
    const { status, body } = await send(anna, 'a\0b \ud83d c');
    expect([status, body.message.content]).toEqual([201, 'ab \ufffd c']);
  });

  it.each([{ content: '' }, { content: '   ' }, { content: 'x'.repeat(20_001) }, {}])('400 for %j', async (body) => {
    expect((await anna.call('POST', messagesUrl(anna), { body })).status).toBe(400);
  });

  it('401 without a session', async () => {
    const response = await rig.app.inject({ method: 'POST', url: messagesUrl(anna), payload: { content: 'x' } });
    expect(response.statusCode).toBe(401);
  });

  it.each(['nonsense', '0', '999999999999', '9'.repeat(30)])('404 for conversation %s', async (conversationId) => {
    expect((await send(anna, 'Hello', { conversationId })).status).toBe(404);
  });

  it("404 for another tenant's conversation", async () => {
    expect((await send(ben, 'Hello', anna)).status).toBe(404);
  });

  it('409 in a closed conversation', async () => {
    await anna.call('POST', `/api/projects/${anna.projectId}/conversations`);
    expect(await send(anna)).toMatchObject({ status: 409, body: { code: 'conversation_closed' } });
  });

  it.each(['PAUSED', 'ARCHIVED'] as const)('409 while the project is %s', async (status) => {
    await setStatus(anna.projectId, status);
    expect(await send(anna)).toMatchObject({ status: 409, body: { code: 'project_not_active' } });
  });

  it('429 when twenty messages wait', async () => {
    for (let count = 0; count < 20; count++) await anna.say(`Message ${count}`);
    expect(await send(anna)).toMatchObject({ status: 429, body: { code: 'queue_full' } });
  });

  it('403 for a tenant whom the agents do not serve, for the first message of a project too', async () => {
    rig.state.unserved.add(anna.tenantId);
    expect(await send(anna)).toMatchObject({ status: 403, body: { code: 'agents_not_yours' } });
    const first = { ...anna, content: 'A booking page' };
    await expect(db.tenant(anna.tenantId, (tx) => rig.conversations.firstMessage(tx, first))).rejects.toMatchObject({
      code: 'agents_not_yours',
    });
  });

  it('503 while the operator has paused the agents, and where nothing can run', async () => {
    rig.state.agentsOff = true;
    expect(await send(anna)).toMatchObject({ status: 503, body: { code: 'agent_turns_off' } });
    rig.state.agentsOff = false;
    rig.state.runtime = { status: 'unavailable', reason: 'No bubblewrap.', mend: 'Install it.' };
    const { status, body } = await send(anna);
    expect([status, body.code]).toEqual([503, 'runtime_unavailable']);
    expect(body.detail).toContain('Install it.');
  });
});

describe('getActiveConversation', () => {
  it('200 makes one when there is none, once for two callers at a time', async () => {
    await db.system((tx) => tx.deleteFrom('conversation').where('project_id', '=', anna.projectId).execute());
    const url = `/api/projects/${anna.projectId}/conversation`;
    const [one, two] = await Promise.all([anna.call('GET', url), anna.call('GET', url)]);
    expect(one.status).toBe(200);
    expect(one.body.conversation.id).toBe(two.body.conversation.id);
    expect(one.body).toMatchObject({ messages: [], turns: [], activities: [], messagesCursor: null });
  });

  it('200 shows the last messages oldest first, with their turns and activities', async () => {
    await anna.say('First');
    const turn = await anna.worker.claim();
    await turn.report([
      activity({ eventType: 'TASK_STARTED', taskKey: 'k', agentRole: 'talkide-backend-dev', description: 'Route' }),
      activity({
        taskKey: 'k',
        agentRole: 'talkide-backend-dev',
        toolName: 'Edit',
        toolCategory: 'EDITING',
        toolSummary: 'Edits a',
      }),
      activity({ eventType: 'TASK_COMPLETED', taskKey: 'k', agentRole: 'talkide-backend-dev', description: 'Made' }),
    ]);
    await turn.say('Done.');
    await turn.end('SUCCEEDED');
    const { body } = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    expect(body.messages.map((one: { content: string }) => one.content)).toEqual(['First', 'Done.']);
    expect(body.turns).toMatchObject([
      { status: 'SUCCEEDED', startedAt: expect.any(String), finishedAt: expect.any(String) },
    ]);
    expect(body.activities).toMatchObject([
      { eventType: 'TASK_STARTED', parentActivityId: null, toolName: null },
      { eventType: 'TOOL_USE', parentActivityId: body.activities[0].id, toolName: 'Edit', toolSummary: 'Edits a' },
      { eventType: 'TASK_COMPLETED', parentActivityId: body.activities[0].id, description: 'Made' },
    ]);
    expect(JSON.stringify(body)).not.toContain('taskKey');
    expect(Number(body.lastEventId)).toBeGreaterThan(0);
  });

  it("404 for another tenant's project", async () => {
    expect((await ben.call('GET', `/api/projects/${anna.projectId}/conversation`)).status).toBe(404);
  });
});

describe('listConversations, startConversation', () => {
  it('201 closes the active one and starts another; the list shows both, newest first', async () => {
    const url = `/api/projects/${anna.projectId}/conversations`;
    const { status, body } = await anna.call('POST', url);
    expect([status, body.status]).toEqual([201, 'ACTIVE']);
    const list = await anna.call('GET', `${url}?limit=1`);
    expect(list.body.items).toMatchObject([{ id: body.id }]);
    const rest = await anna.call('GET', `${url}?limit=1&cursor=${list.body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ id: anna.conversationId, status: 'CLOSED' }], nextCursor: null });
  });

  it('409 while Mara works', async () => {
    await anna.say('Hello');
    const answer = await anna.call('POST', `/api/projects/${anna.projectId}/conversations`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'mara_is_working' } });
  });

  it("404 for another tenant's project, 400 for a foreign cursor", async () => {
    const url = `/api/projects/${anna.projectId}/conversations`;
    expect((await ben.call('GET', url)).status).toBe(404);
    expect((await ben.call('POST', url)).status).toBe(404);
    for (const cursor of ['x', Buffer.from('["x"]').toString('base64url')]) {
      expect((await anna.call('GET', `${url}?cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe('listMessages, listActivities', () => {
  it('200 pages messages, newest first', async () => {
    for (const content of ['a', 'b', 'c']) await anna.say(content);
    const one = await anna.call('GET', `${messagesUrl(anna)}?limit=2`);
    expect(one.body.items.map((row: { content: string }) => row.content)).toEqual(['c', 'b']);
    const two = await anna.call('GET', `${messagesUrl(anna)}?limit=2&cursor=${one.body.nextCursor}`);
    expect(two.body).toMatchObject({ items: [{ content: 'a' }], nextCursor: null });
    expect((await ben.call('GET', messagesUrl(anna))).status).toBe(404);
  });

  it('200 lists activities of a project or of one turn', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.report([
      activity({ toolName: 'Read', toolCategory: 'READING' }),
      activity({ eventType: 'AGENT_MESSAGE' }),
    ]);
    const url = `/api/projects/${anna.projectId}/activities`;
    const all = await anna.call('GET', url);
    expect(all.body.items.map((row: { eventType: string }) => row.eventType)).toEqual(['AGENT_MESSAGE', 'TOOL_USE']);
    expect((await anna.call('GET', `${url}?turnId=${turnId}&limit=1`)).body.items).toHaveLength(1);
    expect((await anna.call('GET', `${url}?turnId=${Number(turnId) + 1}`)).body.items).toEqual([]);
    expect((await ben.call('GET', url)).status).toBe(404);
    expect((await ben.call('GET', `/api/projects/${ben.projectId}/activities?turnId=${turnId}`)).body.items).toEqual(
      [],
    );
  });
});

describe('getTurn, stopTurn, retryTurn', () => {
  it('200 shows a turn to its tenant only', async () => {
    const { turnId } = await anna.say('Hello');
    expect((await anna.call('GET', `/api/turns/${turnId}`)).body).toMatchObject({ id: turnId, status: 'QUEUED' });
    for (const [method, url] of [
      ['GET', `/api/turns/${turnId}`],
      ['POST', `/api/turns/${turnId}/stop`],
      ['POST', `/api/turns/${turnId}/retry`],
    ] as const) {
      expect((await ben.call(method, url)).status).toBe(404);
    }
  });

  it('202 takes a waiting turn back; then 409', async () => {
    const { turnId } = await anna.say('Hello');
    const stopped = await anna.call('POST', `/api/turns/${turnId}/stop`);
    expect(stopped).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
    const again = await anna.call('POST', `/api/turns/${turnId}/stop`);
    expect(again).toMatchObject({ status: 409, body: { code: 'turn_ended' } });
  });

  it('202 asks a running turn to stop; its worker hears of it at once', async () => {
    const { turnId } = await anna.say('Hello');
    const turn = await anna.worker.claim();
    const beat = turn.heartbeat();
    const stopped = await anna.call('POST', `/api/turns/${turnId}/stop`);
    expect(stopped).toMatchObject({ status: 202, body: { status: 'RUNNING' } });
    expect((await beat).body).toEqual({ stop: true });
    expect((await turn.say('I have only')).body).toEqual({ ackedSeq: 1, stop: true });
    rig.projects.commits.push(oneFile());
    expect((await turn.end('STOPPED')).status).toBe(204);
    const { body } = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    expect(body.turns).toMatchObject([{ status: 'CANCELLED' }]);
    expect(body.messages.at(-1)).toMatchObject({
      role: 'PM',
      content: 'I have only',
      payload: { type: 'result', versionNumber: 1 },
    });
  });

  it('201 queues the message of a stopped turn again, once', async () => {
    const { turnId, messageId } = await anna.say('Hello');
    await anna.call('POST', `/api/turns/${turnId}/stop`);
    const again = await anna.call('POST', `/api/turns/${turnId}/retry`);
    expect(again).toMatchObject({ status: 201, body: { status: 'QUEUED', messageId } });
    expect(again.body.id).not.toBe(turnId);
    const third = await anna.call('POST', `/api/turns/${turnId}/retry`);
    expect(third).toMatchObject({ status: 409, body: { code: 'turn_not_retryable' } });
    expect((await anna.worker.claim()).assignment).toMatchObject({ turnId: again.body.id, prompt: 'Hello' });
  });

  it('409 for a turn that waits, 503 while the agents are paused', async () => {
    const { turnId } = await anna.say('Hello');
    const url = `/api/turns/${turnId}/retry`;
    expect(await anna.call('POST', url)).toMatchObject({ status: 409, body: { code: 'turn_not_retryable' } });
    rig.state.agentsOff = true;
    expect(await anna.call('POST', url)).toMatchObject({ status: 503, body: { code: 'agent_turns_off' } });
  });
});

describe('the face', () => {
  it('sends the first message in the transaction that creates a project', async () => {
    await db.system((tx) => tx.deleteFrom('conversation').where('project_id', '=', anna.projectId).execute());
    const first = { ...anna, content: 'A booking page' };
    await expect(
      db.tenant(anna.tenantId, async (tx) => {
        await rig.conversations.firstMessage(tx, first);
        throw new Error('the project could not be made');
      }),
    ).rejects.toThrow();
    const { turn } = await db.tenant(anna.tenantId, (tx) => rig.conversations.firstMessage(tx, first));
    const { assignment } = await anna.worker.claim();
    expect(assignment).toMatchObject({ turnId: turn.id, prompt: 'A booking page' });
  });

  it('knows which projects Mara works in', async () => {
    await anna.say('Hello');
    const idle = await rig.project(anna);
    const working = await db.tenant(anna.tenantId, (tx) =>
      rig.conversations.workingProjects(tx, anna.tenantId, [anna.projectId, idle.projectId]),
    );
    expect([...working]).toEqual([anna.projectId]);
  });
});
