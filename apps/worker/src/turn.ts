import type { SDKAssistantMessageError, SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { CallUsage, TurnAssignment, WorkerEvent } from '@talkide/contracts';
import type { ControlClient } from './control-client.ts';
import { startDelivery } from './delivery.ts';
import { emptyStory, type Said } from './event-state.ts';
import { endStory, tell } from './events.ts';
import { keepLease } from './heartbeat.ts';
import { callFailure, failed, type Outcome, outcomeOf, STOPPED } from './outcome.ts';
import { turnPrompt } from './prompt.ts';
import type { SessionPool, TurnSession } from './session-pool.ts';
import { openSpool } from './spool.ts';
import { startedAgent } from './started-agent.ts';
import { subagentReader } from './subagent-usage.ts';
import { createUsageMeter } from './usage-meter.ts';

export type TurnDeps = {
  client: ControlClient;
  pool: SessionPool;
  home: string;
  /** A turn that runs longer is ended. */
  turnLimitMs: number;
  /** The gateway does not see the agents' calls: their usage is told from here. */
  metered: boolean;
};

/** An agent that does not react to an interruption by then is ended. */
const INTERRUPT_GRACE_MS = 600;

type Ending = 'stop' | 'limit' | 'lost';

/** Says the prompt and waits for the result, or for what cuts it short: then the partial text is kept. */
function converse(at: TurnSession, prompt: string, onMessage: (message: SDKMessage) => void) {
  let ending: Ending | null = null;
  let giveUp: (() => void) | null = null;
  const cut = new Promise<null>((resolve) => {
    giveUp = () => resolve(null);
  });
  return {
    end(reason: Ending) {
      if (ending !== null) return;
      ending = reason;
      const timer = setTimeout(() => giveUp?.(), INTERRUPT_GRACE_MS);
      at.session.interrupt().catch(() => {
        clearTimeout(timer);
        giveUp?.();
      });
    },
    ending: () => ending,
    /** Null when the agent had to be given up. */
    result: Promise.race([at.session.say(prompt, onMessage), cut]),
  };
}

function judge(
  ending: Ending | null,
  result: SDKResultMessage | null,
  failure: SDKAssistantMessageError | null,
): Outcome {
  if (ending === 'stop') return STOPPED;
  if (ending === 'limit') return failed('turn_too_long', 'The turn ran longer than its limit.');
  return result === null ? failed('agent_failed', 'The agent did not answer.') : outcomeOf(result, failure);
}

/**
 * Runs one assignment to its end, reports it and says how it ended. Throws when the lease was lost, without a report, and
 * when the control plane is gone, with everything spooled.
 */
export async function runTurn(turn: TurnAssignment, deps: TurnDeps): Promise<Outcome> {
  const { client, pool, home, turnLimitMs } = deps;
  const { turnId, leaseToken } = turn;
  const spool = openSpool(home, turnId, leaseToken);
  const ended = new AbortController();
  const at = pool.take(turn);
  let story = emptyStory(turn.locale, at.cwd);
  let seq = turn.nextSeq;
  let failure: SDKAssistantMessageError | null = null;
  let deliveryFailure: unknown = null;

  const meter = deps.metered ? createUsageMeter(at.session.sessionId, subagentReader(at.cwd)) : null;
  const usage = (calls: CallUsage[]) => calls.map((call): Said => ({ type: 'usage', call }));

  const number = (said: Said): WorkerEvent => ({ ...said, seq: seq++ }) as WorkerEvent;
  const talk = converse(at, turnPrompt(turn, at.lost), (message) => {
    failure = message.type === 'assistant' ? callFailure(message) : failure;
    const started = startedAgent(message);
    if (started) at.nameAgent(started.agentId, started.role);
    const told = tell(story, message);
    story = told.state;
    delivery.events([...told.events, ...usage(meter?.take(message) ?? [])].map(number));
    delivery.live(told.live);
  });
  const onStop = () => talk.end('stop');
  const onFailed = (error: unknown) => {
    deliveryFailure ??= error;
    talk.end('lost');
  };
  const delivery = startDelivery({ client, spool, ackedSeq: turn.nextSeq - 1, onStop, onFailed });
  if (at.isNew) delivery.events([number({ type: 'session', sessionId: at.session.sessionId, regenerated: at.lost })]);
  void keepLease({ client, turnId, leaseToken, signal: ended.signal, onStop, onFailed });
  const limit = setTimeout(() => talk.end('limit'), turnLimitMs);

  let outcome: Outcome;
  let healthy = false;
  try {
    const result = await talk.result;
    healthy = result !== null;
    outcome = judge(talk.ending(), result, failure);
  } catch (error) {
    outcome = talk.ending() === 'stop' ? STOPPED : failed('agent_failed', String(error));
  } finally {
    clearTimeout(limit);
  }
  at.release(healthy);
  try {
    if (deliveryFailure !== null) throw deliveryFailure;
    if (meter) delivery.events(usage(await meter.rest()).map(number));
    delivery.events(endStory(story, outcome.outcome).map(number));
    await delivery.finish({ leaseToken, ...outcome, lastSeq: seq - 1 });
    return outcome;
  } finally {
    ended.abort();
  }
}
