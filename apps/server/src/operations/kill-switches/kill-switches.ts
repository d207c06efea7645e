import { KillSwitch } from '@talkide/contracts';
import { type Monotonic, monotonicMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { audit } from '../audit.ts';
import { type KillSwitchKey, listKillSwitches, upsertKillSwitch } from './store.ts';

/** `enabled` means that the switch is thrown: what it names is off. */
export interface KillSwitchState {
  enabled: boolean;
  reason: string;
}

export interface KillSwitches {
  /** The state of a switch: what it is, as soon as every process has heard of it, and a second after at the latest. */
  state(key: KillSwitchKey): Promise<KillSwitchState>;
  list(): Promise<KillSwitch[]>;
  set(operatorId: string, change: { key: KillSwitchKey; enabled: boolean; reason: string }): Promise<KillSwitch>;
}

const CACHE_MS = 1000;
const CHANNEL = 'talkide_kill_switch';
const keys = KillSwitch.shape.key.options;

export function createKillSwitches(db: Database, monotonic: Monotonic = monotonicMs): KillSwitches {
  let cached: { until: number; states: Promise<KillSwitch[]> } | null = null;

  const read = () =>
    db.system(async (tx) => {
      const rows = await listKillSwitches(tx);
      return keys.map((key) =>
        view(
          key,
          rows.find((row) => row.key === key),
        ),
      );
    });
  const readCached = () => {
    const now = monotonic();
    if (!cached || cached.until <= now) {
      const states = read();
      cached = { until: now + CACHE_MS, states };
      states.catch(() => {
        cached = null;
      });
    }
    return cached.states;
  };

  const forget = () => {
    cached = null;
  };
  // A process that cannot listen now reads again after a second.
  db.listen(CHANNEL, forget, { onReconnect: forget }).catch(() => {});

  return {
    state: async (key) => {
      const found = (await readCached()).find((one) => one.key === key);
      return { enabled: found?.enabled ?? false, reason: found?.reason ?? '' };
    },
    list: read,
    set: async (operatorId, change) => {
      const row = await db.system(async (tx) => {
        await audit(tx, operatorId, 'kill-switch.set', change);
        await db.notify(tx, CHANNEL, change.key);
        return upsertKillSwitch(tx, change);
      });
      forget();
      return view(change.key, row);
    },
  };
}

type Row = Awaited<ReturnType<typeof upsertKillSwitch>>;
const view = (key: KillSwitchKey, row: Row | undefined): KillSwitch => ({
  key,
  enabled: row?.enabled ?? false,
  reason: row?.reason ?? '',
  updatedAt: row?.updated_at.toISOString() ?? null,
});
