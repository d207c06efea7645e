import { AppCrashed, AppStartFailed } from '../errors.ts';
import type { AppProcess, AppSpec, Runtime } from '../runtime.ts';
import { type AppEvent, type AppState, appTransition, asleep, type CrashPolicy } from './app-transitions.ts';
import { InFlight } from './in-flight.ts';

export type AppSupervisorOptions = {
  runtime: Pick<Runtime, 'startApp'>;
  /** How long an app without requests keeps its process. */
  idleMs: number;
  /** How long an app without requests keeps running before it is frozen; never when absent or not below `idleMs`. */
  freezeMs?: number;
  /** How long after its last request an app may keep itself awake for work of its own; not at all when absent. */
  backgroundMs?: number;
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
  /** When its last request ended, or it was started. */
  idleSince: number;
};

const drainMs = 30_000;
/** An app that says that its work has ended is not kept awake until the time it named before. */
const lookAgainMs = 10_000;

/**
 * Keeps at most one process per release: started when wanted, frozen and
 * then stopped when idle, left alone for a while when it crashes.
 */
export class AppSupervisor {
  private readonly entries = new Map<string, Entry>();
  private readonly options: Required<AppSupervisorOptions>;

  constructor(options: AppSupervisorOptions) {
    this.options = {
      crashes: { maxCrashes: 3, windowMs: 60_000 },
      backgroundMs: 0,
      stopGraceMs: 5_000,
      now: () => performance.now(),
      onState: () => {},
      ...options,
      freezeMs: Math.min(options.freezeMs ?? options.idleMs, options.idleMs),
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
    this.wanted(releaseId, entry);
    const { state } = entry;
    if (state.name === 'crashed') throw new AppCrashed(state.logTail, state.retryAt - this.options.now());
    entry.start ??= this.start(releaseId, entry, spec);
    const { socketPath } = await entry.start;
    if (entry.state.name === 'frozen') this.wanted(releaseId, entry); // it fell asleep while this caller waited
    return socketPath;
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
      inFlight: new InFlight(() => this.becameIdle(releaseId, entry)),
      start: null,
      process: null,
      abort: new AbortController(),
      idleTimer: null,
      idleSince: 0,
    };
    this.entries.set(releaseId, entry);
    return entry;
  }

  private wanted(releaseId: string, entry: Entry): void {
    if (entry.state.name === 'frozen') entry.process?.thaw();
    this.apply(releaseId, entry, { type: 'wanted', now: this.options.now() });
    if (entry.state.name === 'running' && entry.inFlight.idle) this.becameIdle(releaseId, entry);
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
      if (entry.inFlight.idle) this.becameIdle(releaseId, entry);
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

  private becameIdle(releaseId: string, entry: Entry): void {
    entry.idleSince = this.options.now();
    this.restLater(releaseId, entry);
  }

  /** How much longer the app keeps itself awake, in milliseconds; 0 when it does not. */
  private worksFor(entry: Entry): number {
    const until = entry.state.name === 'running' ? (entry.process?.awakeUntil() ?? 0) : 0;
    // It tells a time of day, which may be set; what is left of its allowance is not.
    return Math.max(0, Math.min(until - Date.now(), entry.idleSince + this.options.backgroundMs - this.options.now()));
  }

  /** Frozen after a while, stopped after a longer one; both only while nothing is under way. */
  private restLater(releaseId: string, entry: Entry): void {
    const { freezeMs, idleMs } = this.options;
    const freeze = () => {
      if (!entry.inFlight.idle || entry.state.name !== 'running') return;
      const works = this.worksFor(entry);
      if (works > 0) return this.later(entry, Math.min(works, lookAgainMs), freeze);
      entry.process?.freeze();
      this.apply(releaseId, entry, { type: 'freeze' });
      this.sleepLater(releaseId, entry, idleMs - freezeMs);
    };
    if (entry.state.name === 'frozen') this.sleepLater(releaseId, entry, idleMs - freezeMs);
    else if (freezeMs < idleMs) this.later(entry, freezeMs, freeze);
    else this.sleepLater(releaseId, entry, idleMs);
  }

  private sleepLater(releaseId: string, entry: Entry, ms: number): void {
    this.later(entry, ms, () => {
      const resting = entry.state.name === 'running' || entry.state.name === 'frozen';
      if (!entry.inFlight.idle || !resting) return;
      const works = this.worksFor(entry);
      if (works > 0) this.sleepLater(releaseId, entry, Math.min(works, lookAgainMs));
      else void this.stop(releaseId, entry);
    });
  }

  private later(entry: Entry, ms: number, act: () => void): void {
    if (entry.idleTimer) clearTimeout(entry.idleTimer);
    entry.idleTimer = setTimeout(act, ms);
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
