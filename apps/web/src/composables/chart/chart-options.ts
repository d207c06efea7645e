import type { BarSeriesOption } from 'echarts/charts';
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { TipRow } from './day-tip';

export type ChartOptions = ComposeOption<
  BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;

export type Tone = 'main' | 'side' | 'positive';
export interface DaySeries {
  name: string;
  tone: Tone;
  /** One for each day; for the picture only, sums are made of the decimal strings. */
  values: readonly number[];
}
export interface DayChart {
  days: readonly string[];
  series: readonly DaySeries[];
  /** On top of each other, where they are parts of one sum. */
  stacked: boolean;
}

export interface ChartLook {
  colours: Record<Tone | 'faint' | 'line' | 'raised', string>;
  font: string;
  moves: boolean;
  day(day: string, style?: 'long'): string;
  money(amount: number): string;
  tip(day: string, rows: readonly TipRow[]): HTMLElement;
}

/** Bars per day as the chart library takes them. */
export function dayChartOptions(chart: DayChart, look: ChartLook): ChartOptions {
  const { colours, font, moves, day, money } = look;
  const text = { color: colours.faint, fontFamily: font, fontSize: 12 };
  const hasLegend = chart.series.length > 1;
  return {
    animation: moves,
    animationDuration: 180,
    textStyle: { fontFamily: font },
    tooltip: tooltip(chart, look),
    ...(hasLegend ? { legend: legend({ ...text, fontSize: 13 }) } : {}),
    grid: { top: hasLegend ? 36 : 12, right: 4, bottom: 2, left: 2, outerBoundsMode: 'same' },
    xAxis: {
      type: 'category',
      data: chart.days.map((one) => day(one)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      axisLabel: { ...text, formatter: (value: number) => money(value) },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } },
    },
    series: chart.series.map((one) => bars(one, chart.stacked, colours[one.tone])),
  };
}

function tooltip(chart: DayChart, { colours, day, money, tip }: ChartLook): TooltipComponentOption {
  return {
    trigger: 'axis',
    confine: true,
    axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.35 } },
    backgroundColor: colours.raised,
    borderColor: colours.line,
    padding: [8, 12],
    formatter: (points) => {
      const at = (Array.isArray(points) ? points[0] : points)?.dataIndex ?? 0;
      return tip(
        day(chart.days[at] ?? '', 'long'),
        chart.series.map(({ name, values }) => ({ name, amount: money(values[at] ?? 0) })),
      );
    },
  };
}

const legend = (textStyle: NonNullable<LegendComponentOption['textStyle']>): LegendComponentOption => ({
  ...{ top: 0, left: 0, itemWidth: 10, itemHeight: 10, icon: 'roundRect', selectedMode: false },
  textStyle,
});

const bars = ({ name, values }: DaySeries, stacked: boolean, color: string): BarSeriesOption => ({
  type: 'bar',
  name,
  data: [...values],
  ...(stacked ? { stack: 'all' } : {}),
  barMaxWidth: 28,
  barGap: '10%',
  itemStyle: { color, borderRadius: stacked ? 0 : [3, 3, 0, 0] },
  emphasis: { itemStyle: { color } },
});
