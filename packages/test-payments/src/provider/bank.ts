import type { ApiAnswer } from '../api.ts';
import type { Form } from '../form.ts';
import { createDraft, type Draft } from './draft.ts';
import type { StripeEvent } from './objects.ts';
import { present } from './present.ts';
import type { Store } from './store.ts';

/** The provider's state with its one way to change it. */
export interface Bank {
  store: Store;
  /** Runs a change, commits it and has its events delivered. */
  change<T>(work: (draft: Draft) => T, cause?: StripeEvent['request']): T;
  /** An object as it goes over the wire. */
  show(object: ApiAnswer, query?: Form, draft?: Draft): unknown;
}

const ofItself: StripeEvent['request'] = { id: null, idempotency_key: null };

export function createBank(store: Store, publicUrl: string, onChange: () => void): Bank {
  return {
    store,
    change: (work, cause = ofItself) => {
      const draft = createDraft(store, Date.now(), cause);
      const result = work(draft);
      draft.commit();
      onChange();
      return result;
    },
    show: (object, query, draft) => present(store, object, publicUrl, query, draft),
  };
}
