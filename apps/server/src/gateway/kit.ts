import type { PassOptions } from './calls/exchange.ts';
import type { GatewayDeps, RefusalReason } from './ports.ts';
import type { PriceBook } from './prices/price-book.ts';
import type { Journal } from './record/journal.ts';
import type { Recorder } from './record/recorder.ts';
import type { TurnAccess, TurnTokens } from './turns/turn-access.ts';

/** What the calls of one gateway share. */
export interface Kit extends PassOptions {
  deps: GatewayDeps;
  tokens: TurnTokens;
  journal: Journal;
  recorder: Recorder;
  stopping: boolean;
  /**
   * Null while the database answers. Else calls pause, and none is made from credit that may have expired meanwhile: true
   * when it is back, false when it takes longer than a call can be held.
   */
  untilAnswering(): Promise<boolean> | null;
  prices(): PriceBook | Promise<PriceBook>;
  /** Notes on the turn why its calls are refused, so that its end can say so. */
  markRefused(turn: TurnAccess, reason: RefusalReason): Promise<void>;
}
