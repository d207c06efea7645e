import { RuntimeUnavailable } from './errors.ts';
import type { Runtime, RuntimeStatus } from './runtime.ts';

type Unavailable = Extract<RuntimeStatus, { status: 'unavailable' }>;

/** A runtime that refuses everything, and says why. */
export function unavailableRuntime(status: Unavailable): Runtime {
  const refuse = async (): Promise<never> => {
    throw new RuntimeUnavailable(status.reason, status.mend);
  };
  return {
    ...{ status, run: refuse, startApp: refuse, startWorker: refuse, survivors: [], paths: 'inside' },
    close: async () => {},
  };
}

/** What an error means for the whole of the runtime. */
export function unavailableBy(error: unknown): Unavailable {
  if (error instanceof RuntimeUnavailable) return { status: 'unavailable', reason: error.message, mend: error.mend };
  const reason = error instanceof Error ? error.message : String(error);
  return { status: 'unavailable', reason, mend: 'Mend what the message names and start again.' };
}
