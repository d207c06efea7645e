import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { DayChart } from '@/composables/chart/chart-options';
import { formatUsd } from '@/lib/money';
import { type DayRange, dayText, rangeText } from './period-days';

/** The sentence that a chart of spend per day says: the sum, and the day with the most. */
export function useSpendChartLabel(chart: () => DayChart, period: () => DayRange, totalUsd: () => string) {
  const { t, locale } = useI18n();
  return computed(() => {
    const words = { period: rangeText(period(), locale.value), total: formatUsd(totalUsd(), locale.value).short };
    const values = chart().series[0]?.values ?? [];
    const most = Math.max(0, ...values);
    const day = chart().days[values.indexOf(most)];
    if (most === 0 || !day) return t('usage.chart.labelNothing', words);
    const money = formatUsd(most.toFixed(10), locale.value).short;
    return t('usage.chart.label', { ...words, most: money, day: dayText(day, locale.value, 'long') });
  });
}
