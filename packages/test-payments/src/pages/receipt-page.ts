import type { Charge } from '../provider/objects.ts';
import { testNote } from './card-page.ts';
import { html, layOut } from './html.ts';
import type { Along } from './request.ts';
import { money, words } from './words.ts';

export function receiptPage(charge: Charge, along: Along): string {
  const say = words[along.language];
  const { brand, last4 } = charge.payment_method_details.card;
  const date = new Date(charge.created * 1000);
  const written = new Intl.DateTimeFormat(along.language, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
  const row = (name: string, value: string) => html`<dt>${name}</dt><dd>${value}</dd>`;
  const amountOf = (cents: number) => money(cents, charge.currency, along.language);
  const body = html`${testNote(say)}<div class="card">
<div><h1>${say.receipt}</h1><p class="muted">${say.receiptText}</p></div>
<p class="sum">${amountOf(charge.amount)}</p>
<dl>
${row(say.date, written)}
${row(say.card, `${brand.toUpperCase()} •••• ${last4}`)}
${charge.amount_refunded > 0 ? row(say.refunded, amountOf(charge.amount_refunded)) : null}
${row(say.reference, charge.payment_intent)}
</dl>
</div>`;
  return layOut({ ...along, title: `${say.receipt} · ${amountOf(charge.amount)}`, body });
}
