import type { PlatformUsage } from '@talkide/contracts';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { TableColumn } from '@/components/base/table-column';
import { minusUsd } from '@/lib/money';

export interface MarginRow {
  key: string;
  name: string;
  calls: number;
  spentUsd: string;
  rawUsd: string;
  marginUsd: string;
}

type Margin = Omit<PlatformUsage['tenants'][number], 'tenantId' | 'slug'>;
const marginOf = ({ calls, chargedUsd, waivedUsd, rawUsd, marginUsd }: Margin) => ({
  ...{ calls, rawUsd, marginUsd },
  spentUsd: minusUsd(chargedUsd, waivedUsd),
});

/** Tenants and models of the platform's spend as rows and columns of tables. */
export function usePlatformParts(usage: () => PlatformUsage) {
  const { t, locale } = useI18n();
  const rows = computed(() => ({
    tenants: usage().tenants.map((one): MarginRow => ({ key: one.tenantId, name: one.slug, ...marginOf(one) })),
    models: usage().models.map((one): MarginRow => ({ key: one.model, name: one.model, ...marginOf(one) })),
  }));
  const money = (id: 'spent' | 'raw' | 'margin', usd: (row: MarginRow) => string): TableColumn<MarginRow> => ({
    id,
    label: t(`costs.spend.${id}`),
    value: (row) => Number(usd(row)),
    usd,
  });
  const columns = computed(() => (part: 'tenants' | 'models'): TableColumn<MarginRow>[] => [
    { id: 'name', label: t(`costs.spend.head.${part}`), value: (row) => row.name },
    money('spent', (row) => row.spentUsd),
    money('raw', (row) => row.rawUsd),
    money('margin', (row) => row.marginUsd),
    {
      id: 'calls',
      label: t('usage.parts.calls'),
      value: (row) => row.calls,
      text: (row) => row.calls.toLocaleString(locale.value),
    },
  ]);
  return { rows, columns };
}
