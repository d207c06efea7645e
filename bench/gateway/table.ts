import type { Sample } from './measure.ts';
import { median } from './proc.ts';

/** Samples of a scenario, by contestant and round. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** What is told of a contestant; times are added to those of calls with nothing in between. */
export interface Figures {
  cpuSecondsPer1000: number | null;
  cpuOfNaive: number | null;
  addedP50Ms: number;
  addedP99Ms: number;
  addedFirstByteMs: number;
}

const round = (number: number, digits: number) => Number(number.toFixed(digits));

/** Medians over the rounds. Ratios are medians of each round's own: what else the machine does changes between rounds. */
export function figuresOf(samples: Samples, name: string): Figures {
  const own = samples.get(name) ?? [];
  const direct = samples.get('direct') ?? [];
  const naive = samples.get('naive') ?? [];
  const added = (figure: 'p50' | 'p99' | 'firstByte') =>
    round(median(own.map((sample, at) => sample[figure] - (direct[at]?.[figure] ?? Number.NaN))), 3);
  const cpu = own.flatMap((sample) => sample.cpu ?? []);
  const ratios = own.flatMap((sample, at) => (sample.cpu === null ? [] : sample.cpu / (naive[at]?.cpu ?? Number.NaN)));
  return {
    cpuSecondsPer1000: cpu.length > 0 ? round(median(cpu), 4) : null,
    cpuOfNaive: ratios.length > 0 ? round(median(ratios), 2) : null,
    addedP50Ms: added('p50'),
    addedP99Ms: added('p99'),
    addedFirstByteMs: added('firstByte'),
  };
}
