import { expect, test, vi } from 'vitest';
import type { Database } from '../../platform/db/index.ts';
import type { CallRecord } from './call-record.ts';
import type { Journal } from './journal.ts';
import { createRecorder } from './recorder.ts';

const record = (turnId: string) =>
  ({ call_id: `call-${turnId}`, turn_id: turnId, charged_cost_usd: '0' }) as CallRecord;

test('a record whose values the database does not take stops no other', async () => {
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
  const settle = vi.fn();
  const refused = Object.assign(new Error('unsupported Unicode escape sequence'), { code: '22P05' });
  // Both at once, then one after the other: the first of them is the one that is refused.
  const system = vi.fn().mockRejectedValueOnce(refused).mockRejectedValueOnce(refused).mockResolvedValue(undefined);
  const recorder = createRecorder({
    ...{ db: { system } as unknown as Database, log, settle, charge: vi.fn(), costChanged: vi.fn() },
    journal: { ended: vi.fn(), clear: vi.fn(), close: vi.fn() } as unknown as Journal,
  });
  for (const turn of ['1', '2']) recorder.add(record(turn), 5n);
  await Promise.all(['1', '2'].map((turn) => recorder.settled(turn)));
  expect(system).toHaveBeenCalledTimes(3);
  expect(log.error.mock.calls).toEqual([[{ err: refused, record: record('1') }, 'Usage not recorded']]);
  expect(settle).toHaveBeenCalledTimes(2);
  await recorder.close();
});
