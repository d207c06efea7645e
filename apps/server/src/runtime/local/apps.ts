import { AppCrashed, AppStartFailed } from '../errors.ts';
import type { AppProcess, AppSpec, Runtime } from '../runtime.ts';
import { type AppEvent, type AppState, appTransition, asleep, type CrashPolicy } from './app-transitions.ts';
import { InFlight } from './in-flight.ts';

export type AppSupervisorOptions = {
  runtime: Pick<Runtime, 'startApp'>;
  /** How long an app without requests keeps running. */
  idleMs: number;
  crashes?: CrashPolicy;
  /** How long an app may take to end after being asked to. */
  stopGraceMs?: number;
  now?: () => number;
  /** Told of every change of state, for logs and metering. */
  onState?: (releaseId: string, state: AppState) => void;
};

type Entry = {
  state: AppState;
  inFlight: InFlight;
  start: Promise<AppProcess> | null;
  process: AppProcess | null;
  abort: AbortController;
  idleTimer: NodeJS.Timeout | null;
};

const drainMs = 30_000;

/** Keeps at most one process per release: started when wanted, stopped when idle, left alone for a while when it crashes. */
export class AppSupervisor {
  private readonly entries = new Map<string, Entry>();
  private readonly options: Required<AppSupervisorOptions>;

  constructor(options: AppSupervisorOptions) {
    this.options = {
      crashes: { maxCrashes: 3, windowMs: 60_000 },
      stopGraceMs: 5_000,
      now: Date.now,
      onState: () => {},
      ...options,
    };
  }

  /** What is known of a release's process; `asleep` for one never seen. */
  state(releaseId: string): AppState {
    return this.entries.get(releaseId)?.state ?? asleep;
  }

  /** The running process of a release, for its stats; null while there is none. */
  process(releaseId: string): AppProcess | null {
    return this.entries.get(releaseId)?.process ?? null;
  }

  /**
   * The socket of a release's app, which is started if it isn't running; callers at the same time share one start. Throws
   * `AppStartFailed` when it does not come up, `AppCrashed` while it may not be tried again.
   */
  async ensure(releaseId: string, spec: () => AppSpec | Promise<AppSpec>): Promise<string> {
    let entry = this.entry(releaseId);
    while (entry.state.name === 'stopping') {
      await this.stopped(entry);
      entry = this.entry(releaseId); // whoever stopped it may have forgotten it since
    }
    this.apply(releaseId, entry, { type: 'wanted', now: this.options.now() });
    const { state } = entry;
    if (state.name === 'crashed') throw new AppCrashed(state.logTail, state.retryAt - this.options.now());
    entry.start ??= this.start(releaseId, entry, spec);
    return (await entry.start).socketPath;
  }

  /** A request begins: the app stays awake until the answer is called. */
  begin(releaseId: string): () => void {
    return this.entry(releaseId).inFlight.begin();
  }

  /** Counts as use: the app stays awake for another while. */
  touch(releaseId: string): void {
    this.begin(releaseId)();
  }

  /** Waits until no request is under way, at most `maxMs`, then stops the app. */
  async drainAndStop(releaseId: string, maxMs: number = drainMs): Promise<void> {
    const entry = this.entries.get(releaseId);
    if (!entry) return;
    await entry.inFlight.drained(maxMs);
    await this.stop(releaseId, entry);
    if (entry.inFlight.idle && entry.state.name === 'asleep') this.entries.delete(releaseId);
  }

  /** Stops everything at once. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.entries].map(([releaseId, entry]) => this.stop(releaseId, entry)));
  }

  private entry(releaseId: string): Entry {
    const known = this.entries.get(releaseId);
    if (known) return known;
    const entry: Entry = {
      state: asleep,
      inFlight: new InFlight(() => this.sleepLater(releaseId, entry)),
      start: null,
      process: null,
      abort: new AbortController(),
      idleTimer: null,
    };
    this.entries.set(releaseId, entry);
    return entry;
  }

  private apply(releaseId: string, entry: Entry, event: AppEvent): void {
    const next = appTransition(entry.state, event, this.options.crashes);
    if (next === entry.state) return;
    entry.state = next;
    this.options.onState(releaseId, next);
  }

  private async start(releaseId: string, entry: Entry, spec: () => AppSpec | Promise<AppSpec>): Promise<AppProcess> {
    entry.abort = new AbortController();
    const { signal } = entry.abort;
    try {
      const process = await this.options.runtime.startApp({ ...(await spec()), abort: signal });
      entry.process = process;
      this.watch(releaseId, entry, process);
      this.apply(releaseId, entry, { type: 'healthy' });
      if (entry.inFlight.idle) this.sleepLater(releaseId, entry);
      return process;
    } catch (error) {
      entry.start = null;
      const crashed = error instanceof AppStartFailed && error.reason !== 'aborted';
      const event: AppEvent = crashed
        ? { type: 'crashed', now: this.options.now(), logTail: error.logTail }
        : { type: 'ended' };
      this.apply(releaseId, entry, event);
      throw error;
    }
  }

  private watch(releaseId: string, entry: Entry, process: AppProcess): void {
    process.exited.then((exit) => {
      entry.process = null;
      entry.start = null;
      this.apply(releaseId, entry, { type: 'crashed', now: this.options.now(), logTail: exit.logTail });
    });
  }

  private sleepLater(releaseId: string, entry: Entry): void {
    if (entry.idleTimer) clearTimeout(entry.idleTimer);
    entry.idleTimer = setTimeout(() => {
      if (entry.inFlight.idle && entry.state.name === 'running') void this.stop(releaseId, entry);
    }, this.options.idleMs);
    entry.idleTimer.unref();
  }

  private async stopped(entry: Entry): Promise<void> {
    const process = await entry.start?.catch(() => null);
    await process?.exited;
  }

  private async stop(releaseId: string, entry: Entry): Promise<void> {
    if (entry.idleTimer) clearTimeout(entry.idleTimer);
    const { start } = entry;
    if (!start) return;
    this.apply(releaseId, entry, { type: 'stop' });
    entry.abort.abort();
    const process = await start.catch(() => null);
    await process?.stop(this.options.stopGraceMs);
  }
}
