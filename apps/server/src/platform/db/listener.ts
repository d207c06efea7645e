import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

export type ListenHandler = (payload: string) => void;

export interface ListenOptions {
  /** Called after a lost connection is back: notifications sent meanwhile are gone, so read what was missed. */
  onReconnect?: () => void;
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

  constructor(url: string) {
    this.#url = url;
  }

  /** Resolves when the server delivers; the result ends the subscription. */
  async subscribe(channel: string, subscription: Subscription): Promise<() => Promise<void>> {
    const subscriptions = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, subscriptions.add(subscription));
    this.#client ??= this.#connect();
    await (await this.#client).query(`listen ${escapeIdentifier(channel)}`);
    return () => this.#unsubscribe(channel, subscription);
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
    const client = await this.#client?.catch(() => undefined);
    await client?.query(`unlisten ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.#url, application_name: 'talkide-listen', keepAlive: true });
    client.on('notification', ({ channel, payload }) => {
      for (const { handler } of this.#channels.get(channel) ?? []) handler(payload ?? '');
    });
    client.on('error', () => undefined);
    await client.connect();
    client.once('end', () => {
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
        for (const channel of this.#channels.keys()) await client.query(`listen ${escapeIdentifier(channel)}`);
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
