import { testCards } from '../provider/cards.ts';
import type { PaymentIntent } from '../provider/objects.ts';
import { type Html, html, layOut } from './html.ts';
import { type Along, alongQuery } from './request.ts';
import { money, type Words, words } from './words.ts';

/** What was typed, and what is wrong with it. */
export interface Typed {
  number: string;
  expiry: string;
  errors: Partial<Record<'number' | 'expiry' | 'cvc', true>>;
}

const nothing: Typed = { number: '', expiry: '', errors: {} };

/** The page of a payment, by the state it is in. */
export function cardPage(intent: PaymentIntent, along: Along, receipt: string | null, typed = nothing): string {
  const say = words[along.language];
  const amount = money(intent.amount, intent.currency, along.language);
  const inner = {
    requires_payment_method: () => cardForm(intent, along, typed, amount),
    requires_action: () => bankQuestion(intent, along, amount),
    succeeded: () => ending(say.paid, say.paidText.replace('{amount}', amount), along, receipt),
    canceled: () => ending(say.canceled, say.canceledText, along, null),
  }[intent.status]();
  return layOut({
    ...along,
    title: `${say.pay} · ${amount}`,
    body: html`${testNote(say, intent.status === 'requires_payment_method')}${inner}`,
  });
}

/** Says what this is, and on the form what to type. */
export const testNote = (say: Words, withHelp = false): Html =>
  html`<div class="note test"><strong>${say.testMode}</strong>${withHelp ? say.testModeText : null}</div>`;

function cardForm(intent: PaymentIntent, along: Along, typed: Typed, amount: string): Html {
  const say = words[along.language];
  const { last_payment_error: error } = intent;
  const reason = error ? reasonOf(error.decline_code ?? error.code) : null;
  return html`<div class="card">
<div><h1>${say.pay}</h1><p class="sum">${amount}</p></div>
${reason ? html`<div class="note bad" role="alert">${say.error[reason]}</div>` : null}
<form method="post" action="/test-payments/pay/${intent.id}?${alongQuery(along)}">
${field('number', say.number, typed.number, typed.errors.number ? say.error.number : null, 'numeric', 'cc-number')}
<div class="pair">
${field('expiry', say.expiry, typed.expiry, typed.errors.expiry ? say.error.expiry : null, 'text', 'cc-exp')}
${field('cvc', say.cvc, '', typed.errors.cvc ? say.error.cvc : null, 'numeric', 'cc-csc')}
</div>
<button type="submit">${say.submit.replace('{amount}', amount)}</button>
</form>
<a class="back" href="${leftPath(along)}">${say.back}</a>
</div>
<div class="card"><div><h2>${say.cards}</h2><p class="muted">${say.cardsText}</p></div>
<ul>${testCards.map((card) => html`<li><code>${card.number.replace(/(\d{4})(?=\d)/g, '$1 ')}</code><span>${say.outcome[outcomeOf(card.outcome)]}</span></li>`)}</ul></div>`;
}

/** Whoever leaves unpaid is not waited for. */
const leftPath = ({ returnPath }: Along): string => `${returnPath}${returnPath.includes('?') ? '&' : '?'}left=1`;

function outcomeOf(outcome: (typeof testCards)[number]['outcome']): keyof Words['outcome'] {
  if (outcome.kind !== 'declined') return outcome.kind;
  return outcome.declineCode === 'insufficient_funds' ? 'insufficient_funds' : 'generic_decline';
}

function reasonOf(code: string): keyof Words['error'] {
  if (code === 'payment_intent_authentication_failure') return 'authentication';
  return code === 'insufficient_funds' ? 'insufficient_funds' : 'generic_decline';
}

function field(
  name: string,
  label: string,
  value: string,
  error: string | null,
  mode: 'text' | 'numeric',
  autocomplete: string,
): Html {
  const trouble = error === null ? null : html` aria-invalid="true" aria-describedby="${name}-error"`;
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${value}" inputmode="${mode}" autocomplete="${autocomplete}" required${trouble}>
${error === null ? null : html`<p id="${name}-error">${error}</p>`}</div>`;
}

function bankQuestion(intent: PaymentIntent, along: Along, amount: string): Html {
  const say = words[along.language];
  return html`<div class="card">
<div><h1>${say.bank}</h1><p>${say.bankText.replace('{amount}', amount)}</p></div>
<form method="post" action="/test-payments/pay/${intent.id}/authentication?${alongQuery(along)}">
<div class="pair">
<button type="submit" name="answer" value="agree">${say.agree}</button>
<button class="quiet" type="submit" name="answer" value="refuse">${say.refuse}</button>
</div>
</form>
</div>`;
}

function ending(title: string, text: string, along: Along, receipt: string | null): Html {
  const say = words[along.language];
  return html`<div class="card">
<div><h1>${title}</h1><p>${text}</p></div>
<a class="button" href="${along.returnPath}">${say.backDone}</a>
${receipt === null ? null : html`<a class="back" href="/test-payments/receipts/${receipt}">${say.seeReceipt}</a>`}
</div>`;
}
