import type { Secrets } from '../../platform/secrets.ts';

/** Names top-ups where other platforms may use the same account of the provider. */
export interface References {
  of(topUpId: string): string;
  /** The top-up of a reference; null when it is none of ours. */
  topUpOf(reference: string | null): string | null;
  /** Idempotency key of a call to the provider. */
  key(...parts: string[]): string;
}

export function createReferences(secrets: Secrets): References {
  const platform = secrets.derive('payments', 'platform').slice(0, 16);
  return {
    of: (topUpId) => `${platform}-${topUpId}`,
    topUpOf: (reference) => {
      const [owner, id = ''] = reference?.split('-') ?? [];
      return owner === platform && /^[1-9]\d{0,18}$/.test(id) ? id : null;
    },
    key: (...parts) => [platform, ...parts].join('-'),
  };
}
