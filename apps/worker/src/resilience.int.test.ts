import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagesRequest, Reply } from '@talkide/demo-model';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './testing/bench.ts';
import type { TurnRecord } from './testing/control-plane.ts';

let bench: Bench;
afterEach(() => bench.close());

const end = (text: string): Reply => ({ text, tools: [] });
const texts = (request: MessagesRequest) => JSON.stringify(request.messages);
const ended = (turn: TurnRecord) => bench.control.until(() => turn.result !== null);
const messages = (turn: TurnRecord) => turn.events.filter((event) => event.type === 'message');
const run = (command: string): Reply => ({ text: '', tools: [{ name: 'Bash', input: { command } }] });

/** A process that was killed may stay as a zombie where nobody collects it. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}

/** Answers with how much it knows of an earlier turn. */
const remember = (request: MessagesRequest): Reply =>
  end(texts(request).includes('My name is Ada') ? 'You are Ada.' : 'Hello.');

describe('a worker among failures', () => {
  it('resumes a conversation in a new process', async () => {
    bench = await startBench({ script: remember });
    await bench.startWorker();
    const first = bench.control.give({ prompt: 'My name is Ada' });
    await ended(first);
    await bench.killWorker();
    await bench.startWorker();
    const second = bench.control.give({ prompt: 'Who am I?', sessionId: first.assignment.newSessionId });
    await ended(second);
    expect(messages(second)).toMatchObject([{ content: 'You are Ada.' }]);
    expect(second.events.filter((event) => event.type === 'session')).toEqual([]);
  });

  it('starts anew when the transcript is gone, and says so', async () => {
    bench = await startBench({
      script: (request) => end(texts(request).includes('no longer available') ? 'I read it again.' : 'Hello.'),
    });
    await bench.startWorker();
    const first = bench.control.give({ prompt: 'Hello' });
    await ended(first);
    await bench.killWorker();
    rmSync(join(bench.home, '.claude'), { recursive: true });
    await bench.startWorker();
    const second = bench.control.give({ prompt: 'Go on', sessionId: first.assignment.newSessionId });
    await ended(second);
    expect(second.events[0]).toMatchObject({
      type: 'session',
      sessionId: second.assignment.newSessionId,
      regenerated: true,
    });
    expect(messages(second)).toMatchObject([{ content: 'I read it again.' }]);
  });

  it('finishes its turn while the control plane is away, and tells everything once it is back', async () => {
    bench = await startBench({
      script: (request) =>
        texts(request).includes('tool_result') ? end('All done.') : run('sleep 0.5; echo made > made.txt'),
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Make it' });
    await bench.control.until(() => turn.events.some((event) => event.type === 'activity'));
    await bench.control.down();
    await expect.poll(() => existsSync(join(bench.tree, 'made.txt'))).toBe(true);
    await bench.control.up();
    await ended(turn);
    expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED', lastSeq: turn.events.length });
    expect(messages(turn)).toMatchObject([{ content: 'All done.' }]);
    await expect.poll(() => readdirSync(join(bench.home, '.talkide', 'spool'))).toEqual([]);
  });

  it('says of a turn that its process died in, and begins it no more', async () => {
    bench = await startBench({
      script: (request) => (texts(request).includes('cut short') ? end('Again.') : end('Slow. '.repeat(200))),
      eventMs: 20,
    });
    await bench.startWorker();
    const first = bench.control.give({ prompt: 'Talk' });
    await bench.control.until(() => first.live.length > 2);
    await bench.killWorker();
    await bench.startWorker();
    await bench.control.until(() => first.lost);
    const next = bench.control.give({ prompt: 'Talk', attempt: 2, newSessionId: first.assignment.newSessionId });
    await ended(next);
    expect(messages(next)).toMatchObject([{ content: 'Again.' }]);
    expect([first.result, next.lost]).toEqual([null, false]);
  });

  it('goes on when its control plane knows more of such a turn', async () => {
    bench = await startBench({ script: () => end('Slow. '.repeat(200)), eventMs: 20 });
    await bench.startWorker();
    const first = bench.control.give({ prompt: 'Talk' });
    await bench.control.until(() => first.live.length > 2);
    await bench.killWorker();
    bench.control.takeLease(first.assignment.turnId);
    await bench.startWorker();
    await bench.control.until(() => bench.control.waiting() === 1);
    expect(first.refused.at(-1)).toBe('lost');
    expect(readdirSync(join(bench.home, '.talkide', 'spool'))).toEqual([]);
  });

  it('drops a turn whose lease was lost, and runs the next attempt after it', async () => {
    bench = await startBench({
      script: (request) => (texts(request).includes('cut short') ? end('Again.') : end('Slow. '.repeat(200))),
      eventMs: 20,
    });
    await bench.startWorker();
    const lost = bench.control.give({ prompt: 'Talk' });
    await bench.control.until(() => lost.live.length > 2);
    bench.control.takeLease(lost.assignment.turnId);
    const again = bench.control.give({ prompt: 'Talk', attempt: 2, newSessionId: lost.assignment.newSessionId });
    await ended(again);
    expect(lost.result).toBeNull();
    expect(again.result).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(messages(again)).toMatchObject([{ content: 'Again.' }]);
  });

  it('ends what a command left running, and keeps the warm session', async () => {
    bench = await startBench({
      script: (request) =>
        texts(request).includes('tool_result') ? end('Done.') : run('(sleep 300 > /dev/null 2>&1 & echo $! > pid.txt)'),
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Leave something running' });
    await ended(turn);
    const pid = readFileSync(join(bench.tree, 'pid.txt'), 'utf8').trim();
    await expect.poll(() => isRunning(pid)).toBe(false);
    const next = bench.control.give({ prompt: 'And now?', sessionId: turn.assignment.newSessionId });
    await ended(next);
    expect(next.result).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it('ends a turn that runs too long', async () => {
    bench = await startBench({
      script: () => end('Slow. '.repeat(400)),
      eventMs: 20,
      env: { TALKIDE_WORKER_TURN_LIMIT_SECONDS: '1.5' },
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Talk' });
    await ended(turn);
    expect(turn.result).toMatchObject({ outcome: 'FAILED', errorCode: 'turn_too_long' });
  });

  it('runs turns of different conversations side by side, and goes home when it is told to', async () => {
    bench = await startBench({ script: () => end('Hello.'), eventMs: 30 });
    await bench.startWorker();
    const turns = ['1', '2', '3'].map((conversationId) => bench.control.give({ prompt: 'Hello', conversationId }));
    await bench.control.until(() => turns.every((turn) => turn.result !== null));
    expect(new Set(turns.map((turn) => turn.result?.outcome))).toEqual(new Set(['SUCCEEDED']));
    bench.control.idleExit();
    expect(await bench.workerExit()).toBe(0);
  });

  it('keeps the tokens out of the agent and its commands', async () => {
    bench = await startBench({
      script: (request) => (texts(request).includes('tool_result') ? end('Done.') : run('env > env.txt')),
    });
    await bench.startWorker();
    const turn = bench.control.give({ prompt: 'Show the environment' });
    await ended(turn);
    const env = readFileSync(join(bench.tree, 'env.txt'), 'utf8');
    expect(env).not.toContain(turn.assignment.gatewayToken);
    expect(env).not.toContain('TALKIDE_WORKER_TOKEN');
  });
});
