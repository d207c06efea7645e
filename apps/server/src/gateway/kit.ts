import type { PassedCall } from './calls/exchange.ts';
import type { Health } from './calls/health.ts';
import type { GatewayDeps, GatewayTimings, HaltReason } from './ports.ts';
import type { PriceBook } from './prices/price-book.ts';
import type { Journal } from './record/journal.ts';
import type { Recorder } from './record/recorder.ts';
import type { TurnAccess, TurnTokens } from './turns/turn-access.ts';
import type { UpstreamClient } from './upstream/upstream.ts';

/** What the calls of one gateway share. */
export interface Kit {
  deps: GatewayDeps;
  timings: GatewayTimings;
  upstream: UpstreamClient;
  health: Health;
  tokens: TurnTokens;
  journal: Journal;
  recorder: Recorder;
  /** Calls at the upstream. */
  underWay: Set<PassedCall>;
  stopping: boolean;
  prices(): PriceBook | Promise<PriceBook>;
  /** Notes on the turn why its calls are refused, so that its end can say so. */
  markRefused(turn: TurnAccess, reason: HaltReason): Promise<void>;
}
