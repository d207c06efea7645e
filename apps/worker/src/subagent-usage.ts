import { getSubagentMessages } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import { ReportedUsage } from './call-usage.ts';

/** What the ended calls of a sub agent used, by the id of their message. */
export type ReadSubagent = (sessionId: string, agentId: string) => Promise<Map<string, ReportedUsage>>;

/** A reply in a transcript; a call that has not ended has no reason yet why it stopped. */
const Ended = z.object({ id: z.string(), stop_reason: z.string(), usage: ReportedUsage });

/** Reads transcripts of the sessions that run in a folder. One that cannot be read tells nothing. */
export function subagentReader(cwd: string): ReadSubagent {
  return async (sessionId, agentId) => {
    const messages = await getSubagentMessages(sessionId, agentId, { dir: cwd }).catch(() => []);
    const replies = messages.flatMap(({ message }) => Ended.safeParse(message).data ?? []);
    return new Map(replies.map(({ id, usage }) => [id, usage]));
  };
}
