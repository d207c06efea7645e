import { FAULTS, type MessagesRequest, type Reply } from '@talkide/demo-model';
import { afterEach, expect, it } from 'vitest';
import { type Bench, startBench } from './testing/bench.ts';
import type { TurnRecord } from './testing/control-plane.ts';

let bench: Bench;
afterEach(() => bench.close());

const said = (request: MessagesRequest) => JSON.stringify(request.messages);
const end = (text: string): Reply => ({ text, tools: [] });

/** Mara hands work to two specialists, each of whom uses a tool twice in one reply. */
function delegate(request: MessagesRequest): Reply {
  const role = /<role>(.*?)<\/role>/.exec(JSON.stringify(request.system))?.[1];
  const commands = ['echo one', 'echo two'].map((command) => ({ name: 'Bash', input: { command } }));
  if (role !== 'talkide-pm')
    return said(request).includes('tool_result') ? end(`Done by ${role}.`) : { text: 'I begin.', tools: commands };
  if (said(request).includes('tool_result')) return end('All stands.');
  const task = (to: string) => ({ subagent_type: to, description: `Work of ${to}`, prompt: 'Do your part.' });
  const tools = ['talkide-backend-dev', 'talkide-tester'].map((to) => ({ name: 'Agent', input: task(to) }));
  return { text: 'My team starts.', tools };
}

const callsOf = (turn: TurnRecord) => turn.events.flatMap((event) => (event.type === 'usage' ? [event.call] : []));

it('tells what each call used, to the token, as the model counted it', async () => {
  bench = await startBench({ ownLogin: true, script: delegate });
  await bench.startWorker();
  const turn = bench.control.give({ prompt: 'Build it', model: 'claude-sonnet-5-5' });
  await bench.control.until(() => turn.result !== null);
  expect(turn.result).toMatchObject({ outcome: 'SUCCEEDED' });
  // Nothing went through the platform.
  expect(turn.roles).toEqual([]);
  const told = callsOf(turn).map((call) => ({ ...call, callId: null, sessionId: null }));
  const counted = bench.model.served.map(({ requestId, model, role, usage }) => ({
    callId: null,
    sessionId: null,
    agentRole: role,
    model,
    requestId,
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
    cacheReadTokens: usage?.cache_read_input_tokens,
    cacheWrite5mTokens: usage?.cache_creation.ephemeral_5m_input_tokens,
    cacheWrite1hTokens: usage?.cache_creation.ephemeral_1h_input_tokens,
    webSearchRequests: 0,
    serviceTier: usage?.service_tier,
    inferenceGeo: null,
    speed: null,
    estimated: false,
  }));
  const byId = (a: { requestId: string | null }, b: { requestId: string | null }) =>
    String(a.requestId).localeCompare(String(b.requestId));
  expect(told.map((call) => ({ ...call, speed: null })).sort(byId)).toEqual(counted.sort(byId));
  expect(told).toHaveLength(6);
  expect(turn.events.at(-1)).toMatchObject({ type: 'message', content: 'All stands.' });
});

it('tells a call that was stopped as an estimate, and the next one in the same session exactly', async () => {
  const long = 'One two three four five six seven eight nine ten. '.repeat(40);
  bench = await startBench({
    ownLogin: true,
    script: (request) => end(said(request).includes('And now') ? 'Here.' : long),
    eventMs: 15,
  });
  await bench.startWorker();
  const turn = bench.control.give({ prompt: 'Talk' });
  await bench.control.until(() => turn.live.length > 5);
  bench.control.stop(turn.assignment.turnId);
  await bench.control.until(() => turn.result !== null);
  expect(callsOf(turn)).toMatchObject([{ agentRole: 'talkide-pm', estimated: true }]);

  const next = bench.control.give({ prompt: 'And now?', sessionId: turn.assignment.newSessionId });
  await bench.control.until(() => next.result !== null);
  expect(callsOf(next)).toMatchObject([
    { estimated: false, outputTokens: bench.model.served.at(-1)?.usage?.output_tokens },
  ]);
});

it('ends when the login is refused, so that the next worker finds a renewed one', async () => {
  bench = await startBench({ ownLogin: true, script: () => end('Hello there.'), faults: [FAULTS.forbidden] });
  await bench.startWorker();
  const turn = bench.control.give({ prompt: 'Hello' });
  await bench.control.until(() => turn.result !== null);
  expect(turn.result).toMatchObject({ outcome: 'FAILED', errorCode: 'model_refused' });
  expect(callsOf(turn)).toEqual([]);
  expect(await bench.workerExit()).toBe(0);
});
