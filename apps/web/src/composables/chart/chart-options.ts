import type { BarSeriesOption } from 'echarts/charts';
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';

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
  colours: Record<Tone | 'ink' | 'faint' | 'line' | 'raised', string>;
  font: string;
  moves: boolean;
  day(day: string): string;
  money(amount: number): string;
}

/** Bars per day as the chart library takes them. */
export function dayChartOptions(chart: DayChart, { colours, font, moves, day, money }: ChartLook): ChartOptions {
  const text = { color: colours.faint, fontFamily: font, fontSize: 12 };
  return {
    animation: moves,
    animationDuration: 180,
    textStyle: { fontFamily: font },
    // The page's policy refuses the styles of a tooltip made of HTML.
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      axisPointer: { type: 'shadow', shadowStyle: { color: colours.line, opacity: 0.35 } },
      backgroundColor: colours.raised,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontFamily: font, fontSize: 13 },
      valueFormatter: (value) => money(Number(value)),
    },
    ...(chart.series.length > 1
      ? {
          legend: {
            top: 0,
            left: 0,
            itemWidth: 10,
            itemHeight: 10,
            icon: 'roundRect',
            selectedMode: false,
            textStyle: { ...text, fontSize: 13 },
          },
        }
      : {}),
    grid: { top: chart.series.length > 1 ? 36 : 12, right: 4, bottom: 2, left: 2, outerBoundsMode: 'same' },
    xAxis: {
      type: 'category',
      data: chart.days.map(day),
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
    series: chart.series.map((one): BarSeriesOption => {
      const colour = { color: colours[one.tone] };
      return {
        type: 'bar',
        name: one.name,
        data: [...one.values],
        ...(chart.stacked ? { stack: 'all' } : {}),
        barMaxWidth: 28,
        barGap: '10%',
        itemStyle: { ...colour, borderRadius: chart.stacked ? 0 : [3, 3, 0, 0] },
        emphasis: { itemStyle: colour },
      };
    }),
  };
}
