/** Calls of one kind, so many at once. */
export interface Scenario {
  name: string;
  streams: boolean;
  /** The upstream takes its time between frames. */
  paced: boolean;
  concurrency: number;
  calls: number;
}

const json = (concurrency: number, calls: number): Scenario => ({
  ...{ name: `json ${concurrency}`, streams: false, paced: false, concurrency, calls },
});
const stream = (concurrency: number, calls: number): Scenario => ({
  ...{ name: `stream ${concurrency}`, streams: true, paced: false, concurrency, calls },
});

export const scenarios: readonly Scenario[] = [
  ...[json(1, 2_000), json(16, 3_000), json(64, 4_000), json(256, 4_000)],
  ...[stream(1, 1_000), stream(16, 1_500), stream(64, 1_500), stream(256, 1_500)],
  { name: 'paced 64', streams: true, paced: true, concurrency: 64, calls: 320 },
];
