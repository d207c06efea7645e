import type { UsageSummary } from '@talkide/contracts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { TableColumn } from '@/components/base/table-column';
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

/** The parts of a summary as rows and columns of tables. */
export function useSpendParts(summary: () => UsageSummary) {
  const { t, locale } = useI18n();
  const projectName = (id: string | null, name: string | null) =>
    name ?? t(id === null ? 'usage.parts.noProject' : 'usage.parts.deletedProject');

  const rows = computed((): Record<Part, PartRow[]> => {
    const { projects, conversations, models, roles } = summary();
    return {
      projects: projects.map((one) => ({
        key: one.projectId ?? '',
        name: projectName(one.projectId, one.name),
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
  });

  const count = (id: 'read' | 'cached' | 'written'): TableColumn<PartRow> => ({
    id,
    label: t(`usage.parts.${id}`),
    value: (row) => row.tokens?.[id] ?? 0,
    text: (row) => (row.tokens?.[id] ?? 0).toLocaleString(locale.value),
  });
  const columns = computed(() => (part: Part): TableColumn<PartRow>[] => {
    const heads = { projects: 'project', conversations: 'conversation', models: 'model', roles: 'role' } as const;
    return [
      {
        id: 'name',
        label: t(`usage.parts.${heads[part]}`),
        value: (row) => row.name,
        to: (row) => (row.projectId ? { name: 'project', params: { projectId: row.projectId } } : null),
      },
      ...(part === 'conversations'
        ? [{ id: 'project', label: t('usage.parts.project'), value: (row: PartRow) => row.project ?? '' }]
        : []),
      {
        id: 'spent',
        label: t('usage.parts.spent'),
        value: (row) => Number(row.spentUsd),
        usd: (row) => row.spentUsd,
      },
      ...(Number(summary().total.waivedUsd) > 0
        ? [
            {
              id: 'waived',
              label: t('usage.parts.givenBack'),
              value: (row: PartRow) => Number(row.waivedUsd),
              usd: (row: PartRow) => row.waivedUsd,
            },
          ]
        : []),
      {
        id: 'calls',
        label: t('usage.parts.calls'),
        value: (row) => row.calls,
        text: (row) => row.calls.toLocaleString(locale.value),
      },
      ...(part === 'models' ? [count('read'), count('cached'), count('written')] : []),
    ];
  });
  return { rows, columns };
}
