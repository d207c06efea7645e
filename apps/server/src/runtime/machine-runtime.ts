import { createLocalRuntime, endLeftovers, type LocalRuntimeOptions } from './local/local-runtime.ts';
import type { Runtime } from './runtime.ts';
import type { SeatbeltOptions } from './seatbelt/seatbelt-runtime.ts';
import { unavailableRuntime } from './unavailable.ts';

export type MachineRuntimeOptions = LocalRuntimeOptions & SeatbeltOptions;

const names: Partial<Record<NodeJS.Platform, string>> = { win32: 'Windows', freebsd: 'FreeBSD', openbsd: 'OpenBSD' };

/** The runtime of this machine: bubblewrap on Linux, Seatbelt on macOS; elsewhere one that refuses everything. */
export async function createMachineRuntime(
  options: MachineRuntimeOptions,
  system: NodeJS.Platform = process.platform,
): Promise<Runtime> {
  if (system === 'linux') return createLocalRuntime(options);
  if (system === 'darwin') {
    // Loaded there only: it brings a library of its own.
    const { createSeatbeltRuntime } = await import('./seatbelt/seatbelt-runtime.ts');
    return createSeatbeltRuntime(options);
  }
  return unavailableRuntime({
    status: 'unavailable',
    reason: `There is no sandbox for ${names[system] ?? system}, so no agents, builds or applications are run here.`,
    mend: 'Run the platform on Linux; on Windows, in WSL 2. To develop by yourself, macOS will do.',
  });
}

/** Ends everything that the runtime of a dead process of this machine left, its workers too. */
export async function endMachineLeftovers(
  of: Pick<MachineRuntimeOptions, 'homeId' | 'stateDir'>,
  system: NodeJS.Platform = process.platform,
): Promise<void> {
  if (system === 'linux') return endLeftovers(of);
  const { endNoted } = await import('./seatbelt/leftovers.ts');
  return endNoted(of.stateDir);
}
