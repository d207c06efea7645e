import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** Work that is still under way, each as a row: when there is none, the invariants must hold. */
const UNDER_WAY = `
  select 'turn ' || id || ' ' || status as what from turn where status in ('QUEUED', 'RUNNING')
  union all select 'build ' || id || ' ' || status from build where status in ('PENDING', 'RUNNING')
  union all select 'release ' || id || ' ' || status from release where status in ('STARTING', 'DRAINING')
  union all select 'project ' || id || ' ' || status from project where status = 'BUILDING'`;

const EVERY_MS = 40;
const SETTLE_MS = 120_000;

/** Waits until nothing is under way; what still is after two minutes. */
export async function settle(stage: Stage): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const rows = await stage.query<{ what: string }>(UNDER_WAY);
    if (rows.length === 0) return [];
    if (Date.now() > deadline) return rows.map(({ what }) => `never ended: ${what}`);
    await pause(EVERY_MS);
  }
}
