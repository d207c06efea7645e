import { randomBytes } from 'node:crypto';
import type { Kept, Kind, OfKind, Resource, StripeEvent } from './objects.ts';
import type { Store } from './store.ts';

/** The version that the SDK we use speaks. */
export const API_VERSION = '2026-10-28.endive';

/** One change of the provider's state: objects and events, committed together. */
export interface Draft {
  now: number;
  get<K extends Kind>(kind: K, id: string): OfKind<K> | undefined;
  put<T extends Kept>(object: T): T;
  /** Tells the platform of what became of an object. */
  emit(type: string, object: Resource): void;
  commit(): void;
}

export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

export function createDraft(store: Store, nowMs: number, request: StripeEvent['request']): Draft {
  const now = Math.floor(nowMs / 1000);
  const changes: Kept[] = [];
  const put = <T extends Kept>(object: T): T => {
    changes.push(object);
    return object;
  };
  return {
    now,
    get: <K extends Kind>(kind: K, id: string) =>
      (changes.findLast((one) => one.object === kind && one.id === id) as OfKind<K> | undefined) ?? store.get(kind, id),
    put,
    emit: (type, object) => {
      const id = newId('evt');
      put<StripeEvent>({
        ...{ id, object: 'event', api_version: API_VERSION, created: now, livemode: false, type },
        ...{ data: { object }, pending_webhooks: 1, request },
      });
      put({ object: 'delivery', id, created: now, attempts: 0, nextAt: nowMs });
    },
    commit: () => store.commit(changes),
  };
}
