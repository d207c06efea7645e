import type { LiveText, TurnResult, WorkerEvent } from '@talkide/contracts';
import type { ControlClient } from './control-client.ts';
import type { Spool } from './spool.ts';

/** The protocol's bound on one delivery. */
const MAX_BATCH = 500;

export type Delivery = {
  /** Records events and sends them as soon as the line is free. */
  events(events: WorkerEvent[]): void;
  /** Sends text as it is written; what cannot be sent in time is merged, never queued without end. */
  live(texts: LiveText[]): void;
  /** Sends what is left and the result; the spool is gone afterwards. */
  finish(result: TurnResult): Promise<void>;
};

/** Adds text to what waits; text that goes on where the last piece ended becomes one piece. */
export function mergeLive(waiting: LiveText[], text: LiveText): LiveText[] {
  const last = waiting.at(-1);
  const goesOn =
    last !== undefined &&
    last.agentRole === text.agentRole &&
    last.block === text.block &&
    last.offset + last.text.length === text.offset;
  return goesOn ? [...waiting.slice(0, -1), { ...last, text: last.text + text.text }] : [...waiting, text];
}

/**
 * Delivers a turn's events in order with one call in flight: while it is under way the next batch gathers. `onStop` is
 * called when the control plane asks for it, `onFailed` once when delivery has become impossible.
 */
export function startDelivery(options: {
  client: ControlClient;
  spool: Spool;
  ackedSeq: number;
  onStop(): void;
  onFailed(error: unknown): void;
}): Delivery {
  const { client, spool, onStop, onFailed } = options;
  let acked = options.ackedSeq;
  let waiting: LiveText[] = [];
  let running: Promise<void> | null = null;

  async function pump(): Promise<void> {
    for (;;) {
      const events = spool.after(acked).slice(0, MAX_BATCH);
      const live = waiting.slice(0, MAX_BATCH);
      if (events.length === 0 && live.length === 0) return;
      waiting = waiting.slice(live.length);
      const answer = await client.sendEvents(spool.turnId, { leaseToken: spool.leaseToken, events, live });
      acked = answer.ackedSeq;
      if (answer.stop) onStop();
    }
  }
  function kick(): Promise<void> {
    running ??= pump().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    events(events) {
      for (const event of events) spool.append(event);
      if (events.length > 0) kick().catch(onFailed);
    },
    live(texts) {
      waiting = texts.reduce(mergeLive, waiting);
      if (texts.length > 0) kick().catch(onFailed);
    },
    async finish(result) {
      spool.finish(result);
      await kick();
      // Events may have come while the last call was in flight.
      await kick();
      await client.sendResult(spool.turnId, result);
      spool.remove();
    },
  };
}
