import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

export type ListenHandler = (payload: string) => void;

export interface ListenOptions {
  /** Called after a lost connection is back: notifications sent meanwhile are gone, so read what was missed. */
  onReconnect?: () => void;
}

/** Ends a connection without taking leave: whoever waits for an answer on it hears that it broke. */
export function breakConnection(client: unknown): void {
  (client as { connection: { stream: Socket } }).connection.stream.destroy();
}

interface Subscription extends ListenOptions {
  handler: ListenHandler;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/** One connection for all channels, made with the first subscription and made again whenever it breaks. */
export class Listener {
  readonly #url: string;
  readonly #channels = new Map<string, Set<Subscription>>();
  readonly #closing = new AbortController();
  #client: Promise<Client> | undefined;
  /** The connection that stands. */
  #standing: Client | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves when the server delivers; the result ends the subscription. */
  async subscribe(channel: string, subscription: Subscription): Promise<() => Promise<void>> {
    const subscriptions = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscriptions.add(subscription));
    try {
      await (await this.#connected()).query(`listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      subscriptions.delete(subscription);
      throw error;
    }
    return () => this.#unsubscribe(channel, subscription);
  }

  /** Gives the connection up and makes another: the server did not answer, and what it sent meanwhile may be lost. */
  breakConnection(): void {
    if (this.#standing) breakConnection(this.#standing);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#channels.clear();
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #unsubscribe(channel: string, subscription: Subscription): Promise<void> {
    const subscriptions = this.#channels.get(channel);
    if (!subscriptions?.delete(subscription) || subscriptions.size > 0) return;
    this.#channels.delete(channel);
    // While there is no connection there is nothing to end; the next one listens to what is left.
    await this.#standing?.query(`unlisten ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    const connecting = this.#connect();
    this.#client = connecting;
    // It never stood: the next call tries again.
    connecting.catch(() => {
      if (this.#client === connecting) this.#client = undefined;
    });
    return connecting;
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'talkide-listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on('notification', ({ channel, payload }) => {
      for (const { handler } of this.#channels.get(channel) ?? []) handler(payload ?? '');
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      for (const channel of this.#channels.keys()) await client.query(`listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // Only one that listens is followed by another when it breaks: until then whoever called tries again.
    this.#standing = client;
    client.once('end', () => {
      this.#standing = undefined;
      if (this.#closing.signal.aborted) return;
      this.#client = this.#reconnect();
      this.#client.catch(() => undefined);
    });
    return client;
  }

  async #reconnect(): Promise<Client> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      await delay(wait, undefined, { signal: this.#closing.signal });
      try {
        const client = await this.#connect();
        for (const subscriptions of this.#channels.values()) {
          for (const { onReconnect } of subscriptions) onReconnect?.();
        }
        return client;
      } catch {
        // The server is not back yet: the loop waits longer and tries again.
      }
    }
  }
}
