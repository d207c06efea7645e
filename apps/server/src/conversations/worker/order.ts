/**
 * The events that follow the last recorded one without a gap, in order. Those recorded already are dropped; those after a
 * gap are refused by not being acknowledged, and the worker sends from the gap again.
 */
export function nextInOrder<E extends { seq: number }>(lastSeq: number, events: readonly E[]): E[] {
  const fresh: E[] = [];
  for (const event of events.toSorted((a, b) => a.seq - b.seq)) {
    if (event.seq === lastSeq + fresh.length + 1) fresh.push(event);
  }
  return fresh;
}
