import type { ProcessExit, WorkerProcess } from '../../runtime/runtime.ts';

export interface FakeWorker extends WorkerProcess {
  environmentId: string;
  token: string;
  /** Ends it as if by itself. */
  exit(code: number): void;
}

/** Worker processes that do nothing: the tests speak for them on the control socket. */
export function fakeWorkers() {
  const started: FakeWorker[] = [];
  const failures: Error[] = [];
  const elsewhere = new Set<string>();
  return {
    started,
    /** Errors of the next starts. */
    failures,
    /** Environments whose worker another platform runs. */
    elsewhere,
    start: async (environmentId: string, token: string): Promise<WorkerProcess> => {
      const failure = failures.shift();
      if (failure) throw failure;
      const ended = Promise.withResolvers<ProcessExit>();
      const exit = (code: number | null) =>
        ended.resolve({ code, signal: code === null ? 'SIGTERM' : null, outOfMemory: false, logTail: '' });
      const worker: FakeWorker = {
        id: `w${environmentId}`,
        environmentId,
        token,
        exited: ended.promise,
        exit,
        stop: async () => {
          exit(null);
          return ended.promise;
        },
        stats: async () => null,
      };
      started.push(worker);
      return worker;
    },
  };
}
