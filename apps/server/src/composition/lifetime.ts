type Close = () => Promise<unknown> | unknown;

/** What has been opened, to be closed in reverse order. */
export interface Lifetime {
  add(close: Close): void;
  readonly stopping: boolean;
  /** A successor waits: what can outlive this process is left to it. */
  leaving: boolean;
  /** Closes everything; one that fails does not keep the others open. */
  stop(): Promise<void>;
}

export function createLifetime(onError: (error: unknown) => void): Lifetime {
  const closers: Close[] = [];
  let stopped: Promise<void> | undefined;
  const closeAll = async () => {
    for (const close of closers.reverse()) {
      await Promise.resolve().then(close).catch(onError);
    }
  };
  return {
    leaving: false,
    add: (close) => void closers.push(close),
    get stopping() {
      return stopped !== undefined;
    },
    stop: () => {
      stopped ??= closeAll();
      return stopped;
    },
  };
}
