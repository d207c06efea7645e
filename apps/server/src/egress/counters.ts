import type { EgressKind, EgressReason } from '@talkide/contracts';
import type { Database } from '../platform/db/index.ts';
import type { Meter } from './proxy.ts';
import { addEgress, type EgressCount, forgetEgress } from './store.ts';

export interface EgressOwner {
  tenantId: string;
  projectId: string;
  kind: EgressKind;
}

/** Different hosts of one owner in an hour; what is beyond is counted together. */
const MAX_HOSTS = 200;
const OTHERS = '(others)';
const FLUSH_MS = 5_000;
const KEEP_DAYS = 30;
const SWEEP_MS = 3_600_000;
const MAX_HOST_CHARACTERS = 253;

export interface Counters {
  meter(owner: EgressOwner): Meter;
  /** Writes what was counted. What cannot be written now is kept for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Counts in memory and adds to the database every few seconds. */
export function createCounters(db: Database, onError: (error: unknown) => void): Counters {
  let counts = new Map<string, EgressCount>();
  const hosts = new Map<string, Set<string>>();

  function countOf(owner: EgressOwner, asked: string): EgressCount {
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
    const of = `${owner.projectId} ${owner.kind} ${hour.getTime()}`;
    const known = hosts.get(of) ?? new Set<string>();
    hosts.set(of, known);
    const host = known.has(asked) || known.size < MAX_HOSTS ? asked.slice(0, MAX_HOST_CHARACTERS) : OTHERS;
    known.add(host);
    const key = `${of} ${host}`;
    const count = counts.get(key) ?? {
      ...owner,
      hour,
      host,
      requests: 0,
      refused: 0,
      bytesOut: 0,
      bytesIn: 0,
      reason: null,
    };
    counts.set(key, count);
    return count;
  }

  async function flush(): Promise<void> {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    const now = Date.now();
    for (const of of hosts.keys()) if (Number(of.split(' ')[2]) < now - 2 * 3_600_000) hosts.delete(of);
    try {
      await db.system((tx) => addEgress(tx, [...taken.values()]));
    } catch (error) {
      onError(error);
      for (const [key, count] of taken) counts.set(key, addUp(count, counts.get(key)));
    }
  }

  const flushing = setInterval(() => void flush(), FLUSH_MS);
  const sweeping = setInterval(() => void db.system((tx) => forgetEgress(tx, KEEP_DAYS)).catch(onError), SWEEP_MS);
  for (const timer of [flushing, sweeping]) timer.unref();

  return {
    meter: (owner) => ({
      began(host) {
        countOf(owner, host).requests += 1;
      },
      refused(host, reason: EgressReason) {
        const count = countOf(owner, host);
        count.refused += 1;
        count.reason = reason;
      },
      moved(host, bytes) {
        const count = countOf(owner, host);
        count.bytesOut += bytes.out;
        count.bytesIn += bytes.in;
      },
    }),
    flush,
    async close() {
      clearInterval(flushing);
      clearInterval(sweeping);
      await flush();
    },
  };
}

const addUp = (one: EgressCount, other: EgressCount | undefined): EgressCount =>
  other === undefined
    ? one
    : {
        ...one,
        requests: one.requests + other.requests,
        refused: one.refused + other.refused,
        bytesOut: one.bytesOut + other.bytesOut,
        bytesIn: one.bytesIn + other.bytesIn,
        reason: other.reason ?? one.reason,
      };
