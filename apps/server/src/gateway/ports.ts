import type { Database, TurnRow, Tx } from '../platform/db/index.ts';

/** Where model calls go, and with which key. The key exists here and in memory only. */
export interface Upstream {
  baseUrl: string;
  apiKey: string;
  /** Instead of TCP; the base URL then only gives the path. */
  socketPath?: string;
}

export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface GatewayTimings {
  /** How long a call whose client has left is read on, so that its usage is exact. */
  readOnMs: number;
  /** How long the upstream may be silent. */
  silenceMs: number;
}

export const defaultGatewayTimings: GatewayTimings = { readOnMs: 60_000, silenceMs: 300_000 };

export interface GatewayDeps {
  db: Database;
  log: Log;
  upstream: Upstream;
  /** Added to the raw cost, a percentage as a decimal string. */
  markupPercent: string;
  /** `enabled`: the operator has paused the agents. */
  killSwitch(key: 'agent-turns'): Promise<{ enabled: boolean; reason: string }>;
  /** Told in the transaction that adds to a turn's cost. */
  costChanged(tx: Tx, turn: TurnRow): Promise<void>;
  timings?: Partial<GatewayTimings>;
}
