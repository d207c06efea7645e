import type { UsageSummary } from '@talkide/contracts';
import { agentKey } from '@/composables/workspace/conversation/agents';
import { minusUsd } from '@/lib/money';

export type Part = 'projects' | 'conversations' | 'models' | 'roles';

/** A row of any part, with its name and, where it still exists, its project. */
export interface PartRow {
  key: string;
  name: string;
  project?: string;
  projectId?: string | null;
  calls: number;
  waivedUsd: string;
  spentUsd: string;
  tokens?: { read: number; cached: number; written: number };
}

interface Spend {
  calls: number;
  chargedUsd: string;
  waivedUsd: string;
}
const spendOf = ({ calls, chargedUsd, waivedUsd }: Spend) => ({
  calls,
  waivedUsd,
  spentUsd: minusUsd(chargedUsd, waivedUsd),
});

/** The parts of a summary as rows; `t` gives a name to what has none any more. */
export function spendRows(summary: UsageSummary, t: (key: string) => string): Record<Part, PartRow[]> {
  const { projects, conversations, models, roles } = summary;
  return {
    projects: projects.map((one) => ({
      key: one.projectId ?? '',
      name: one.name ?? t(one.projectId === null ? 'usage.parts.noProject' : 'usage.parts.deletedProject'),
      projectId: one.name === null ? null : one.projectId,
      ...spendOf(one),
    })),
    conversations: conversations.map((one) => ({
      key: one.conversationId ?? '',
      name: one.title === null ? t('usage.parts.deletedConversation') : one.title || t('usage.parts.untitled'),
      project: one.projectName ?? t('usage.parts.deletedProject'),
      ...spendOf(one),
    })),
    models: models.map((one) => ({
      key: one.model,
      name: one.model,
      tokens: {
        read: one.inputTokens + one.cacheReadTokens + one.cacheWriteTokens,
        cached: one.cacheReadTokens,
        written: one.outputTokens,
      },
      ...spendOf(one),
    })),
    roles: roles.map((one) => ({
      key: one.agentRole ?? '',
      name: one.agentRole ? t(`workspace.role.${agentKey(one.agentRole)}`) : t('usage.parts.otherRole'),
      ...spendOf(one),
    })),
  };
}
