import { createHmac } from 'node:crypto';
import type { Delivery } from './provider/objects.ts';
import type { Store } from './provider/store.ts';

export interface WebhookTarget {
  url: string;
  secret: string;
}

/** Signs a body exactly as Stripe does. */
export function signatureOf(body: string, secret: string, atSeconds: number): string {
  const mac = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  return `t=${atSeconds},v1=${mac}`;
}

export interface Webhooks {
  /** Looks for what is due; called after every change. */
  poke(): void;
  /** Sends an event now, whatever became of it before; the status of the answer, 0 where there was none. */
  send(eventId: string): Promise<number>;
  /** Holds deliveries back until they are resumed. */
  hold(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface WebhookOptions {
  store: Store;
  target: WebhookTarget | null;
  /** The event as it goes over the wire. */
  bodyOf(eventId: string): string | null;
  /** Milliseconds until the next attempt after the n-th. */
  waitMs(attempt: number): number;
}

const ANSWER_WITHIN_MS = 10_000;
const GIVE_UP_SECONDS = 3 * 86_400;

/** Delivers events until they are taken, for three days. */
export function createWebhooks({ store, target, bodyOf, waitMs }: WebhookOptions): Webhooks {
  let held = target === null;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  const closing = new AbortController();

  async function send(eventId: string): Promise<number> {
    const body = bodyOf(eventId);
    if (!target || body === null) return 0;
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'TalkIDE-test-payments/1.0',
        'stripe-signature': signatureOf(body, target.secret, Math.floor(Date.now() / 1000)),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    }).catch(() => null);
    await response?.body?.cancel();
    return response?.status ?? 0;
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const status = await send(delivery.id);
    if (closing.signal.aborted) return;
    const attempts = delivery.attempts + 1;
    const taken = status >= 200 && status < 300;
    const expired = Date.now() / 1000 - delivery.created > GIVE_UP_SECONDS;
    const nextAt = taken || expired ? null : Date.now() + waitMs(attempts);
    const event = store.get('event', delivery.id);
    store.commit([{ ...delivery, attempts, nextAt }, ...(taken && event ? [{ ...event, pending_webhooks: 0 }] : [])]);
  }

  /** One after the other, the one that is due first first; then sleeps until the next is due. */
  async function drain(): Promise<void> {
    again = true;
    while (again && !held && !closing.signal.aborted) {
      again = false;
      const [next] = store
        .all('delivery')
        .filter(isOpen)
        .sort((a, b) => a.nextAt - b.nextAt);
      if (!next) return;
      const wait = next.nextAt - Date.now();
      if (wait > 0) {
        timer = setTimeout(poke, wait);
        timer.unref();
        return;
      }
      await attempt(next);
      again = true;
    }
  }

  function poke(): void {
    clearTimeout(timer);
    again = true;
    if (held || closing.signal.aborted || running) return;
    running = drain()
      .catch(() => {
        // What it did could not be written down: the disk is full. It is tried again.
        timer = setTimeout(poke, waitMs(1));
        timer.unref();
      })
      .finally(() => {
        running = null;
      });
  }

  return {
    poke,
    send,
    hold: () => {
      held = true;
    },
    resume: () => {
      held = target === null;
      poke();
    },
    close: async () => {
      closing.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

const isOpen = (delivery: Delivery): delivery is Delivery & { nextAt: number } => delivery.nextAt !== null;
