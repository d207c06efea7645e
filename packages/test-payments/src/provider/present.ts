import type { ApiAnswer } from '../api.ts';
import { type Form, type FormValue, textOf } from '../form.ts';
import type { Draft } from './draft.ts';
import type { Charge } from './objects.ts';
import type { Store } from './store.ts';

/** An object as it goes over the wire: receipts with their address, and the charge in full where that was asked for. */
export function present(
  store: Store,
  object: ApiAnswer,
  publicUrl: string,
  query: Form = {},
  draft: Pick<Draft, 'get'> = store,
): unknown {
  const show = (one: ApiAnswer): unknown => present(store, one, publicUrl, query, draft);
  if (object.object === 'list') return { ...object, data: object.data.map(show) };
  if (object.object === 'event') return { ...object, data: { object: show(object.data.object) } };
  if (object.object === 'charge') return withReceipt(object, publicUrl);
  if (object.object !== 'payment_intent' || !wants(query.expand, 'latest_charge')) return object;
  const charge = draft.get('charge', object.latest_charge ?? '');
  return { ...object, latest_charge: charge ? withReceipt(charge, publicUrl) : object.latest_charge };
}

const wants = (expand: FormValue | undefined, name: string): boolean =>
  Array.isArray(expand) && expand.some((one) => textOf(one) === name);

const withReceipt = (charge: Charge, publicUrl: string) => ({
  ...charge,
  receipt_url: charge.receipt_url && `${publicUrl}/test-payments/receipts/${charge.receipt_url}`,
});
