import { noUsage } from './meter/usage.ts';
import type { Log } from './ports.ts';
import type { PriceBook } from './prices/price-book.ts';
import { recordOf } from './record/call-record.ts';
import type { Remains } from './record/journal.ts';
import type { Recorder } from './record/recorder.ts';

/**
 * Brings into the database what a gateway that died had not. Of a call that was under way, what the upstream had reported
 * is recorded as an estimate; where it had reported nothing, nothing is charged.
 */
export async function recover(
  remains: Remains,
  { log, prices, recorder }: { log: Log; prices: PriceBook; recorder: Recorder },
): Promise<void> {
  const lost = remains.open.map(({ call, usage }) =>
    recordOf(call, usage ?? noUsage, prices, {
      ...{ requestId: null, outcome: 'gateway_lost', complete: false, latencyMs: 0 },
      at: new Date(call.startedAt),
    }),
  );
  const records = [...remains.ended, ...lost];
  if (records.length > 0) {
    log.info({ ended: remains.ended.length, lost: lost.length }, 'Calls of a gateway that died are recorded');
    for (const one of records) recorder.add(one, null);
    await Promise.all([...new Set(records.map((one) => one.turn_id))].map((turnId) => recorder.settled(turnId)));
  }
  await remains.forget();
}
