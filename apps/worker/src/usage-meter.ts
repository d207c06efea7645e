import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { AgentRole, type CallUsage } from '@talkide/contracts';
import { callUsage, type KnownCall, laterUsage, ReportedUsage } from './call-usage.ts';
import type { ReadSubagent } from './subagent-usage.ts';

/** Gathers what the model calls of one turn used, from the agent's own messages. */
export type UsageMeter = {
  /** The calls that a message tells the end of. */
  take(message: SDKMessage): CallUsage[];
  /** The others, when the turn has ended: those of sub agents, and those that were cut off. */
  rest(): Promise<CallUsage[]>;
};

type OpenCall = KnownCall & { agentId: string | null; usage: ReportedUsage; ended: boolean };

const roleOf = (name: string | undefined) => AgentRole.safeParse(name).data ?? null;

/**
 * Mara's calls are told whole, by the events of their streams. Of a sub agent's call the messages tell only how it began;
 * how it ended stands in the sub agent's transcript.
 */
export function createUsageMeter(sessionId: string, readSubagent: ReadSubagent): UsageMeter {
  const open = new Map<string, OpenCall>();
  const told = new Set<string>();
  /** The call whose stream runs. */
  let streaming = '';

  function tell(id: string, usage: ReportedUsage, exact: boolean): CallUsage[] {
    const call = open.get(id);
    if (!call) return [];
    open.delete(id);
    told.add(id);
    return [callUsage(call, usage, !exact)];
  }

  function begin(id: string, call: Omit<OpenCall, 'sessionId' | 'usage' | 'ended'>, reported: unknown): void {
    const usage = ReportedUsage.safeParse(reported).data;
    if (usage && !told.has(id)) open.set(id, { ...call, sessionId, usage, ended: false });
  }

  function takeStream({ event }: Extract<SDKMessage, { type: 'stream_event' }>): CallUsage[] {
    if (event.type === 'message_start') {
      const { id, model, usage } = event.message;
      streaming = id;
      begin(id, { agentRole: 'talkide-pm', agentId: null, model, requestId: null }, usage);
    }
    const call = open.get(streaming);
    if (!call) return [];
    if (event.type === 'message_delta') {
      const later = ReportedUsage.safeParse(event.usage).data;
      if (later) call.usage = laterUsage(call.usage, later);
      call.ended = later !== undefined && event.delta.stop_reason !== null;
    }
    // The agent closes an interrupted stream itself, without a reason why it stopped.
    return event.type === 'message_stop' ? tell(streaming, call.usage, call.ended) : [];
  }

  function takeAssistant(message: Extract<SDKMessage, { type: 'assistant' }>): void {
    // The agent's own words for a failed call stand for no call.
    if (message.error !== undefined) return;
    const { id, model, usage } = message.message;
    const requestId = message.request_id ?? null;
    const call = open.get(id);
    if (call) call.requestId = requestId;
    else if (message.parent_tool_use_id === null)
      begin(id, { agentRole: 'talkide-pm', agentId: null, model, requestId }, usage);
    else
      begin(
        id,
        { agentRole: roleOf(message.subagent_type), agentId: message.agent_id ?? null, model, requestId },
        usage,
      );
  }

  async function restOf(agentId: string): Promise<CallUsage[]> {
    const ended = await readSubagent(sessionId, agentId);
    return [...ended].flatMap(([id, usage]) => tell(id, usage, true));
  }

  return {
    take(message) {
      if (message.type === 'stream_event' && message.parent_tool_use_id === null) return takeStream(message);
      if (message.type === 'assistant') takeAssistant(message);
      return [];
    },
    async rest() {
      const agents = new Set([...open.values()].flatMap(({ agentId }) => agentId ?? []));
      const calls: CallUsage[] = [];
      for (const agentId of agents) calls.push(...(await restOf(agentId)));
      for (const [id, { usage }] of [...open]) calls.push(...tell(id, usage, false));
      return calls;
    },
  };
}
