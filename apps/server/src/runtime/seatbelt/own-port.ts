import { inside } from '../inside.ts';
import type { SandboxSpec } from '../local/spec.ts';
import type { Bind } from '../runtime.ts';
import { findFreePort, openOutletRelay } from './outlet-relay.ts';

/** The one port of the loopback that a sandbox may use, and for what. */
export type OpenedPort = { port: number; use: 'outlet' | 'worker'; close(): void };

/**
 * Elsewhere a sandbox has a loopback of its own. Here it is given one port of the host's: of its way out, or of a worker's
 * for the agents below it.
 */
export async function openPort({ kind, network }: SandboxSpec, binds: readonly Bind[]): Promise<OpenedPort | null> {
  const outlet = binds.find(({ to }) => to === inside.egressDir);
  if (outlet) return { ...(await openOutletRelay(outlet.from)), use: 'outlet' };
  if (kind !== 'worker' || network === 'host') return null;
  return { port: await findFreePort(), use: 'worker', close: () => {} };
}
