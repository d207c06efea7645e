import { useMediaQuery, useResizeObserver } from '@vueuse/core';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { storeToRefs } from 'pinia';
import { nextTick, onBeforeUnmount, type ShallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { dayText } from '@/composables/usage/period-days';
import { formatUsd } from '@/lib/money';
import { useTheme } from '@/stores/theme';
import { type DayChart, dayChartOptions } from './chart-options';
import { dayTip } from './day-tip';
import { themeColours } from './theme-colours';

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const TOKENS = {
  main: '--muted',
  side: '--line-strong',
  positive: '--positive',
  faint: '--faint',
  line: '--line',
  raised: '--raised',
};

/** Draws bars per day into an element, in the theme and the language of the moment. */
export function useDayChart(element: Readonly<ShallowRef<HTMLElement | null>>, chart: () => DayChart): void {
  const { locale } = useI18n();
  const { theme } = storeToRefs(useTheme());
  const isDark = useMediaQuery('(prefers-color-scheme: dark)');
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)');
  let drawn: ECharts | null = null;

  async function draw() {
    // After the theme has reached the document.
    await nextTick();
    const at = element.value;
    if (!at) return;
    drawn ??= init(at);
    const look = {
      colours: themeColours(at, TOKENS),
      font: getComputedStyle(at).fontFamily,
      moves: !isStill.value,
      day: (day: string, style?: 'long') => dayText(day, locale.value, style),
      money: (amount: number) => formatUsd(amount.toFixed(10), locale.value).fine,
      tip: dayTip,
    };
    drawn.setOption(dayChartOptions(chart(), look), { notMerge: true });
  }
  watch([element, chart, locale, theme, isDark, isStill], draw, { immediate: true });
  useResizeObserver(element, () => drawn?.resize());
  onBeforeUnmount(() => drawn?.dispose());
}
