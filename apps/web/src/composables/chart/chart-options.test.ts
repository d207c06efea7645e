import { describe, expect, it } from 'vitest';
import { type ChartLook, dayChartOptions } from './chart-options';
import { dayTip } from './day-tip';

const look: ChartLook = {
  colours: { main: 'm', side: 's', positive: 'p', faint: 'f', line: 'l', raised: 'r' },
  font: 'Geist',
  moves: false,
  day: (day) => day.slice(8),
  money: (amount) => `$${amount}`,
  tip: dayTip,
};
const one = { name: 'Spent', tone: 'main' as const, values: [1, 2] };

describe('dayChartOptions', () => {
  it('draws a bar for each day in the colours of the theme', () => {
    const options = dayChartOptions({ days: ['2026-11-01', '2026-11-02'], series: [one], stacked: false }, look);
    expect(options).toMatchObject({
      animation: false,
      xAxis: { data: ['01', '02'] },
      series: [{ type: 'bar', name: 'Spent', data: [1, 2], itemStyle: { color: 'm' } }],
    });
    expect(options).not.toHaveProperty('legend');
  });
  it('says at the pointer what each series has on that day', () => {
    const series = [one, { ...one, name: 'Given back', values: [0, 0.5] }];
    const { tooltip } = dayChartOptions({ days: ['2026-11-01', '2026-11-02'], series, stacked: true }, look);
    const { formatter } = tooltip as { formatter(points: { dataIndex: number }[]): HTMLElement };
    const lines = [...formatter([{ dataIndex: 1 }]).children].map((line) => line.textContent);
    expect(lines).toEqual(['02', 'Spent$2', 'Given back$0.5']);
    expect(formatter([{ dataIndex: 1 }]).outerHTML).not.toContain('style=');
  });
  it('names the series where there are more, and stacks parts of a sum', () => {
    const series = [one, { ...one, name: 'Given back', tone: 'positive' as const }];
    const options = dayChartOptions({ days: [], series, stacked: true }, look);
    expect(options).toMatchObject({ legend: {}, series: [{ stack: 'all' }, { stack: 'all' }] });
  });
});
