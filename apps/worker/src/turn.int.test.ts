import { readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, type MessagesRequest, type Reply } from '@talkide/demo-model';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './testing/bench.ts';

let bench: Bench;
afterEach(() => bench.close());

const said = (request: MessagesRequest) => JSON.stringify(request.messages);
const system = (request: MessagesRequest) => JSON.stringify(request.system);
const end = (text: string): Reply => ({ text, tools: [] });

/** Plans and asks; after the answer two specialists write a file each. */
function askThenBuild(request: MessagesRequest): Reply {
  const role = /<role>(.*?)<\/role>/.exec(system(request))?.[1];
  const worked = said(request).includes('tool_result');
  if (role === 'talkide-backend-dev')
    return worked
      ? end('The server stores entries.')
      : { text: 'I write the server part.', tools: [{ name: 'Bash', input: { command: 'echo server > server.txt' } }] };
  if (role === 'talkide-frontend-dev')
    return worked
      ? end('The page shows entries.')
      : { text: '', tools: [{ name: 'Write', input: { file_path: join(bench.tree, 'page.txt'), content: 'page\n' } }] };
  if (said(request).includes('"Agent"')) return end('Your guest book stands.');
  if (said(request).includes('mcp__talkide__ask')) {
    const task = (role: string) => ({ subagent_type: role, description: `Work of ${role}`, prompt: 'Do your part.' });
    return {
      text: 'Thanks. My team starts.',
      tools: ['talkide-backend-dev', 'talkide-frontend-dev'].map((role) => ({ name: 'Agent', input: task(role) })),
    };
  }
  const options = [{ label: 'At once' }, { label: 'After approval' }];
  return {
    text: 'I will build a guest book. Nothing else changes.',
    tools: [{ name: 'mcp__talkide__ask', input: { question: 'When should entries appear?', options } }],
  };
}

describe('a turn with the real agent', () => {
  it('plans, asks, and after the answer delegates to two specialists that write files', async () => {
    bench = await startBench({ script: askThenBuild });
    await bench.startWorker();
    const asked = bench.control.give({ prompt: 'Build a guest book' });
    await bench.control.until(() => asked.result !== null);
    expect(asked.result).toMatchObject({ outcome: 'SUCCEEDED', errorCode: null });
    const sessionId = asked.assignment.newSessionId;
    expect(asked.events[0]).toEqual({ type: 'session', seq: 1, sessionId, regenerated: false });
    expect(asked.events.at(-1)).toMatchObject({
      type: 'message',
      content: 'I will build a guest book. Nothing else changes.',
      question: {
        question: 'When should entries appear?',
        options: [{ label: 'At once' }, { label: 'After approval' }],
      },
    });
    expect(asked.live.map((piece) => piece.text).join('')).toBe('I will build a guest book. Nothing else changes.');

    const built = bench.control.give({ prompt: 'At once', sessionId });
    await bench.control.until(() => built.result !== null);
    expect(built.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(readFileSync(join(bench.tree, 'server.txt'), 'utf8')).toBe('server\n');
    expect(readFileSync(join(bench.tree, 'page.txt'), 'utf8')).toBe('page\n');
    const activities = built.events.filter((event) => event.type === 'activity');
    const started = activities.filter((event) => event.eventType === 'TASK_STARTED');
    expect(started.map((event) => event.agentRole)).toEqual(['talkide-backend-dev', 'talkide-frontend-dev']);
    const below = activities.filter((event) => event.taskKey === started[1]?.taskKey);
    expect(below.map((event) => [event.eventType, event.toolSummary])).toEqual([
      ['TASK_STARTED', null],
      ['TOOL_USE', 'Writes page.txt'],
      ['TASK_COMPLETED', null],
    ]);
    expect(built.roles.toSorted()).toEqual([
      'talkide-backend-dev',
      'talkide-backend-dev',
      'talkide-frontend-dev',
      'talkide-frontend-dev',
      undefined,
      undefined,
    ]);
    expect(activities[0]).toMatchObject({ eventType: 'AGENT_MESSAGE', description: 'Thanks. My team starts.' });
    expect(built.events.at(-1)).toMatchObject({ type: 'message', content: 'Your guest book stands.', question: null });
    expect(built.events.map((event) => event.seq)).toEqual(built.events.map((_, index) => index + 1));
  });

  it('lets Mara and a specialist look at the running application', async () => {
    const look = (...requests: object[]) => ({ name: 'mcp__talkide__look', input: { requests } });
    const results: string[] = [];
    bench = await startBench({
      script: (request) => {
        const specialist = system(request).includes('<role>talkide-tester</role>');
        const last = request.messages.findLast((message) => message.role === 'user')?.content;
        if (!said(request).includes('tool_result'))
          return specialist
            ? {
                text: '',
                tools: [look({ path: '/' }, { method: 'POST', path: '/api/entries', body: { name: 'Ada' } })],
              }
            : {
                text: '',
                tools: [
                  look({ path: '//evil.example/' }),
                  { name: 'Agent', input: { subagent_type: 'talkide-tester', description: 'Tries it', prompt: 'Go.' } },
                ],
              };
        results.push(JSON.stringify(last));
        return end(specialist ? 'It works.' : 'I have seen it.');
      },
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Look at it' });
    await bench.control.until(() => turn.result !== null);
    expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(turn.looks.map(({ steps }) => steps)).toEqual([
      [
        { method: 'GET', path: '/' },
        { method: 'POST', path: '/api/entries', body: { name: 'Ada' } },
      ],
    ]);
    expect(results[0]).toContain('GET / answered 200 (text/html; charset=utf-8)');
    expect(results[0]).toContain('Title: Test app');
    expect(results[1]).toContain('A path begins with one slash');
    const story = turn.events.find(
      (event) => event.type === 'activity' && event.agentRole === 'talkide-tester' && event.eventType === 'TOOL_USE',
    );
    expect(story).toMatchObject({
      description: 'Looks at the start page and /api/entries',
      toolName: 'mcp__talkide__look',
      toolCategory: 'BROWSING',
    });
  });

  it('lets a specialist add a package: the files and the link take the place of those in the tree', async () => {
    const results: string[] = [];
    bench = await startBench({
      script: (request) => {
        if (!said(request).includes('tool_result'))
          return {
            text: '',
            tools: [
              { name: 'mcp__talkide__packages', input: { add: ['dayjs@1', 'file:/etc'] } },
              { name: 'mcp__talkide__packages', input: { add: ['dayjs@1'], remove: ['moment'] } },
              { name: 'mcp__talkide__packages', input: { add: ['nonsense'] } },
            ],
          };
        results.push(JSON.stringify(request.messages.at(-1)?.content));
        return end('It is there.');
      },
    });
    const { control, tree } = bench;
    writeFileSync(join(tree, 'package.json'), '{"old":true}');
    writeFileSync(join(tree, 'package-lock.json'), '{"old":"lock"}');
    symlinkSync('/opt/deps/old/node_modules', join(tree, 'node_modules'));
    control.install(({ add }) =>
      add.includes('nonsense')
        ? { outcome: 'failed', log: 'npm error 404' }
        : {
            ...{
              outcome: 'installed',
              packageJson: '{"new":true}',
              lockfile: '{"new":"lock"}',
              log: 'added 1 package',
            },
            modules: '/opt/packages/7/new/node_modules',
          },
    );
    await bench.startWorker();
    const turn = control.give({ prompt: 'Use dayjs' });
    await control.until(() => turn.result !== null);
    expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(turn.packages).toEqual([
      { packageJson: '{"old":true}', lockfile: '{"old":"lock"}', add: ['dayjs@1'], remove: ['moment'] },
      { packageJson: '{"new":true}', lockfile: '{"new":"lock"}', add: ['nonsense'], remove: [] },
    ]);
    expect(readFileSync(join(tree, 'package.json'), 'utf8')).toBe('{"new":true}');
    expect(readFileSync(join(tree, 'package-lock.json'), 'utf8')).toBe('{"new":"lock"}');
    expect(readlinkSync(join(tree, 'node_modules'))).toBe('/opt/packages/7/new/node_modules');
    expect(results.join()).toMatch(/named as in the npm registry.*Installed\..*Nothing was changed\. npm said/);
    expect(turn.events).toContainEqual(
      expect.objectContaining({ description: 'Adds dayjs@1; Removes moment', toolCategory: 'EXECUTING' }),
    );
  });

  it('calls a look off when it is stopped', async () => {
    bench = await startBench({
      script: () => ({ text: '', tools: [{ name: 'mcp__talkide__look', input: { requests: [{ path: '/' }] } }] }),
    });
    bench.control.show(() => null);
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Look at it' });
    await bench.control.until(() => turn.looks.length === 1);
    bench.control.stop(turn.assignment.turnId);
    await bench.control.until(() => turn.result !== null && turn.looks[0]?.calledOff === true);
    expect(turn.result).toMatchObject({ outcome: 'STOPPED' });
  });

  it('stops, keeps what was said, and goes on in the same session', async () => {
    const long = 'One two three four five six seven eight nine ten. '.repeat(40);
    bench = await startBench({
      script: (request) => end(said(request).includes('And now') ? 'Here.' : long),
      eventMs: 15,
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Talk' });
    await bench.control.until(() => turn.live.length > 5);
    bench.control.stop(turn.assignment.turnId);
    await bench.control.until(() => turn.result !== null);
    expect(turn.result).toMatchObject({ outcome: 'STOPPED', errorCode: null });
    expect(turn.events.at(-1)).toMatchObject({ type: 'message', content: expect.stringContaining('One two three') });

    const next = bench.control.give({ prompt: 'And now?', sessionId: turn.assignment.newSessionId });
    await bench.control.until(() => next.result !== null);
    expect(next.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(next.events).toMatchObject([{ type: 'message', content: 'Here.' }]);
  });

  it.each([
    ['credit used up', FAULTS.creditUsedUp, 'credit_used_up'],
    ['a refused model', FAULTS.forbidden, 'model_refused'],
    ['a rate limit without end', FAULTS.rateLimited, 'model_unavailable'],
    ['an overload without end', FAULTS.overloaded, 'model_unavailable'],
    ['connections that are cut', FAULTS.cut, 'model_unavailable'],
    ['errors in the stream', FAULTS.streamError, 'model_unavailable'],
  ])('names %s', async (_name, fault, code) => {
    bench = await startBench({
      script: () => end('Hello there.'),
      faults: [fault],
      env: { TALKIDE_WORKER_MODEL_RETRIES: '1' },
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Hello' });
    await bench.control.until(() => turn.result !== null);
    expect(turn.result).toMatchObject({ outcome: 'FAILED', errorCode: code });
    expect(turn.events.filter((event) => event.type === 'message')).toEqual([]);
  });

  it('goes on after a fault that passes', async () => {
    bench = await startBench({ script: () => end('Hello there.'), faults: [{ ...FAULTS.cut, calls: [1] }] });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Hello' });
    await bench.control.until(() => turn.result !== null);
    expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(turn.events.at(-1)).toMatchObject({ type: 'message', content: 'Hello there.' });
  });
});
