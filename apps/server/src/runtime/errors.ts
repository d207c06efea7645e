/** The runtime can't do what was asked: a stable code and a sentence that says what to do. */
export class RuntimeError extends Error {
  readonly code: string;
  readonly mend: string;

  constructor(code: string, message: string, mend: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.mend = mend;
  }
}

/** Sandboxes don't work on this machine, so nothing of other people is run. */
export class RuntimeUnavailable extends RuntimeError {
  constructor(reason: string, mend: string) {
    super('RUNTIME_UNAVAILABLE', reason, mend);
  }
}

/** A sandbox would have shown something it must not; nothing was started. */
export class SandboxRefused extends RuntimeError {
  constructor(reason: string) {
    super('SANDBOX_REFUSED', reason, 'Use real folders of the project, without symbolic links in the path.');
  }
}

/** An app ended before it answered, or did not answer in time. */
export class AppStartFailed extends RuntimeError {
  readonly reason: 'exited' | 'timeout' | 'aborted';
  readonly logTail: string;

  constructor(reason: AppStartFailed['reason'], logTail: string) {
    const what = {
      exited: 'The app ended before it answered.',
      timeout: 'The app did not answer in time.',
      aborted: 'The start was called off.',
    };
    super('APP_START_FAILED', what[reason], 'Read the last lines of its log, mend the code and try again.');
    this.reason = reason;
    this.logTail = logTail;
  }
}

/** An app crashed too often within a minute; it is started again when `retryAfterMs` have passed. */
export class AppCrashed extends RuntimeError {
  readonly logTail: string;
  readonly retryAfterMs: number;

  constructor(logTail: string, retryAfterMs: number) {
    super('APP_CRASHED', 'The app keeps crashing.', 'Read the last lines of its log, mend the code and try again.');
    this.logTail = logTail;
    this.retryAfterMs = retryAfterMs;
  }
}
