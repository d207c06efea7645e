import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';

/** The sub agent that a message says has started, and its role; its model calls carry the id. */
export function startedAgent(message: SDKMessage): { agentId: string; role: string } | null {
  if (message.type !== 'system' || message.subtype !== 'task_started' || !message.subagent_type) return null;
  return { agentId: message.task_id, role: message.subagent_type };
}
