import type { Database, TurnRow, Tx } from '../platform/db/index.ts';
import type { CallRecord } from './record/call-record.ts';
import type { TurnAccess } from './turns/turn-access.ts';

/** Where model calls go, and with which key. The key exists here and in memory only. */
export interface Upstream {
  baseUrl: string;
  apiKey: string;
  /** It is the demo model. */
  demo?: boolean;
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
  /** How long calls under way may go on when the gateway stops. */
  drainMs: number;
}

export const defaultGatewayTimings: GatewayTimings = { readOnMs: 60_000, silenceMs: 300_000, drainMs: 8_000 };

/** Why the gateway lets a turn make no more calls. */
export type RefusalReason = NonNullable<TurnRow['refused_by']>;

/** Credit as the gateway uses it. Amounts are in units of 1e-10 US dollars. */
export interface CreditPort {
  /** Sets aside what a call may cost; it does not begin when that is not to be had. */
  reserve(turn: TurnAccess, need: { most: bigint; least: bigint }): Reserved | Promise<Reserved>;
  /** The call has ended, and its cost is in the database. */
  settle(turnId: string, reserved: bigint, cost: bigint): void;
  /** Takes the cost of calls from the credit, in the transaction that records them. */
  charge(tx: Tx, records: readonly CallRecord[]): Promise<void>;
}
export type Reserved = { reserved: bigint } | { halted: Exclude<RefusalReason, 'TURNS_OFF'> };

export interface GatewayDeps {
  db: Database;
  log: Log;
  upstream: Upstream;
  /** A folder of this process's own, for calls that are not in the database yet. */
  journalDir: string;
  credit: CreditPort;
  /** Added to the raw cost, a percentage as a decimal string. */
  markupPercent: string;
  /** `enabled`: the operator has paused the agents. */
  killSwitch(key: 'agent-turns'): Promise<{ enabled: boolean; reason: string }>;
  /** Told in the transaction that adds to a turn's cost. */
  costChanged(tx: Tx, turn: TurnRow): Promise<void>;
  timings?: Partial<GatewayTimings>;
}
