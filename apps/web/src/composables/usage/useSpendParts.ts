import type { UsageSummary } from '@talkide/contracts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { TableColumn } from '@/components/base/table-column';
import { type Part, type PartRow, spendRows } from './spend-rows';

const HEADS = { projects: 'project', conversations: 'conversation', models: 'model', roles: 'role' } as const;

/** The parts of a summary as rows and columns of tables. */
export function useSpendParts(summary: () => UsageSummary) {
  const { t, locale } = useI18n();
  const count = (id: 'calls' | 'read' | 'cached' | 'written', value: (row: PartRow) => number) => ({
    id,
    label: t(`usage.parts.${id}`),
    value,
    text: (row: PartRow) => value(row).toLocaleString(locale.value),
  });
  const money = (id: 'spent' | 'givenBack', usd: (row: PartRow) => string) => ({
    id,
    label: t(`usage.parts.${id}`),
    value: (row: PartRow) => Number(usd(row)),
    usd,
  });
  const name = (part: Part): TableColumn<PartRow> => ({
    id: 'name',
    label: t(`usage.parts.${HEADS[part]}`),
    value: (row) => row.name,
    to: (row) => (row.projectId ? { name: 'project', params: { projectId: row.projectId } } : null),
  });
  const project = () => ({
    id: 'project',
    label: t('usage.parts.project'),
    value: (row: PartRow) => row.project ?? '',
  });

  const columns = (part: Part): TableColumn<PartRow>[] => [
    name(part),
    ...(part === 'conversations' ? [project()] : []),
    money('spent', (row) => row.spentUsd),
    ...(Number(summary().total.waivedUsd) > 0 ? [money('givenBack', (row) => row.waivedUsd)] : []),
    count('calls', (row) => row.calls),
    ...(part === 'models'
      ? [
          count('read', (row) => row.tokens?.read ?? 0),
          count('cached', (row) => row.tokens?.cached ?? 0),
          count('written', (row) => row.tokens?.written ?? 0),
        ]
      : []),
  ];
  return { rows: computed(() => spendRows(summary(), t)), columns };
}
