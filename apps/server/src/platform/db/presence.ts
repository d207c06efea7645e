import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Monotonic, monotonicMs } from '../clock.ts';
import { breakConnection } from './listener.ts';
import { sayAtWork } from './one-home.ts';
import { databaseAway, inOurWords, isOutOfReach } from './trouble.ts';

/** Something that happened between the platform and its database; for the log. */
export type DatabaseNews =
  | { kind: 'away'; reason: string }
  | { kind: 'back'; awayMs: number; refused: number }
  /** A connection broke, and the server answers others. */
  | { kind: 'broken'; reason: string }
  /** The server's clock was set. */
  | { kind: 'jumped'; byMs: number };

export interface PresenceOptions {
  url: string;
  /** Whose platform this is; others ask `isAnotherAtWork`. */
  home?: string | undefined;
  /** A server that says nothing for so long is away, though it holds its connections. */
  silenceMs?: number | undefined;
  lookEveryMs?: number | undefined;
  /** Breaks all connections: what waits for an answer on one fails. */
  breakAll(): void;
  onNews?: ((news: DatabaseNews) => void) | undefined;
  monotonic?: Monotonic | undefined;
}

const SILENCE_MS = 10_000;
const LOOK_EVERY_MS = 2_000;
const FIRST_KNOCK_MS = 100;
const LAST_KNOCK_MS = 1_000;
/** What a look may take, or be late, before leases may have suffered from it; and what clocks may differ by. */
const SLACK_MS = 3_000;

/** Knows whether the database answers, by asking it on a connection of its own. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #closing = new AbortController();
  readonly #afterReturn = new Set<() => Promise<unknown>>();
  #client: Promise<Client> | null = null;
  #looking: Promise<void> | null = null;
  /** Back, and what comes after a return is not done yet. */
  #settling: Promise<void> | null = null;
  #away: { since: number; refused: number; over: Promise<void>; end(): void } | null = null;
  #last: { at: number; clock: number } | null = null;
  #steadySince: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#steadySince = -Infinity;
  }

  /** Runs something that asks the database; refuses at once while it is away, and says `database_away` of a broken connection. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#timer ??= this.#lookRegularly();
    if (this.#away) {
      this.#away.refused += 1;
      throw databaseAway();
    }
    try {
      return await work();
    } catch (error) {
      if (isOutOfReach(error)) void this.#look(error);
      throw inOurWords(error);
    }
  }

  get isAway(): boolean {
    return this.#away !== null || this.#settling !== null;
  }

  /** Resolves when the database answers and what `afterReturn` does is done; at once where that is so. */
  answering(): Promise<void> {
    return this.#away?.over ?? this.#settling ?? Promise.resolve();
  }

  /** Done whenever the database is back, or its clock was set, before those who wait for it go on. */
  afterReturn(work: () => Promise<unknown>): void {
    this.#afterReturn.add(work);
  }

  /**
   * For how many milliseconds the database has answered in time, and its clock has kept step with ours: by then a lease that
   * is renewed has been. Asks it; rejects with `database_away`.
   */
  async steadyForMs(): Promise<number> {
    await this.run(async () => {
      await this.#look();
    });
    if (this.#away) throw databaseAway();
    return this.#now() - this.#steadySince;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    this.#away?.end();
    const client = await Promise.race([this.#client?.catch(() => null), delay(100, null, { ref: false })]);
    this.#drop();
    await client?.end().catch(() => {});
  }

  readonly #now = () => (this.#options.monotonic ?? monotonicMs)();

  #lookRegularly(): NodeJS.Timeout {
    const timer = setInterval(() => void this.#look(), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    timer.unref();
    return timer;
  }

  /** One look at a time serves all who want one. `broken`: why somebody does. */
  #look(broken?: unknown): Promise<void> {
    if (this.#away || this.#closing.signal.aborted) return Promise.resolve();
    this.#looking ??= this.#lookOnce(broken).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookOnce(broken?: unknown): Promise<void> {
    const begun = this.#now();
    try {
      this.#heard(begun, await this.#ask());
      if (broken) this.#tell({ kind: 'broken', reason: reasonOf(broken) });
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#leave(begun, error);
    }
  }

  /** Asks the time; rejects when the server is out of reach or silent. */
  async #ask(): Promise<number> {
    const silent = new AbortController();
    const answer = this.#connected().then((client) =>
      client.query<{ clock: string }>('select extract(epoch from clock_timestamp()) * 1000 as clock'),
    );
    answer.catch(() => {});
    try {
      const tooLong = delay(this.#options.silenceMs ?? SILENCE_MS, undefined, { ref: false, signal: silent.signal })
        // An answer that is here already counts: it may be us who were busy.
        .then(() => delay(0))
        .then(() => {
          throw new Error('it says nothing');
        });
      const { rows } = await Promise.race([answer, tooLong]);
      return Number(rows[0]?.clock);
    } catch (error) {
      this.#drop();
      throw error;
    } finally {
      silent.abort();
    }
  }

  #connected(): Promise<Client> {
    this.#client ??= connect(this.#options);
    return this.#client;
  }

  /** Leaves the connection without a word: nobody may be there to hear it. */
  #drop(): void {
    const client = this.#client;
    this.#client = null;
    client?.then(breakConnection, () => {});
  }

  #heard(begun: number, clock: number): void {
    const now = this.#now();
    const at = (begun + now) / 2;
    const last = this.#last;
    this.#last = { at, clock };
    if (now - begun > SLACK_MS) this.#steadySince = now;
    if (!last) return;
    const late = at - last.at - (this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    if (late > SLACK_MS) this.#steadySince = now;
    const byMs = clock - last.clock - (at - last.at);
    if (Math.abs(byMs) < SLACK_MS + (now - begun)) return;
    this.#steadySince = now;
    this.#tell({ kind: 'jumped', byMs: Math.round(byMs) });
    void this.#settle();
  }

  #leave(since: number, error: unknown): void {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#away = { since, refused: 0, over, end };
    this.#tell({ kind: 'away', reason: reasonOf(error) });
    this.#options.breakAll();
    void this.#knock();
  }

  async #knock(): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = FIRST_KNOCK_MS; !signal.aborted; pause = Math.min(pause * 2, LAST_KNOCK_MS)) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => {});
      const begun = this.#now();
      const clock = await this.#ask().catch(() => null);
      if (clock === null) continue;
      const away = this.#away;
      const now = this.#now();
      this.#last = { at: (begun + now) / 2, clock };
      this.#steadySince = now;
      this.#away = null;
      if (away) this.#tell({ kind: 'back', awayMs: Math.round(now - away.since), refused: away.refused });
      await this.#settle();
      away?.end();
      return;
    }
  }

  async #settle(): Promise<void> {
    const settling = Promise.allSettled([...this.#afterReturn].map((work) => work())).then(() => {
      if (this.#settling === settling) this.#settling = null;
    });
    this.#settling = settling;
    await settling;
  }

  #tell(news: DatabaseNews): void {
    this.#options.onNews?.(news);
  }
}

async function connect({ url, home, silenceMs = SILENCE_MS }: PresenceOptions): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'talkide-look',
    connectionTimeoutMillis: silenceMs,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    if (home) await sayAtWork(client, home);
    return client;
  } catch (error) {
    breakConnection(client);
    throw error;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
