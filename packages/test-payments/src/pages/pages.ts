import { cardByNumber, type TestCard } from '../provider/cards.ts';
import type { Draft } from '../provider/draft.ts';
import type { PaymentIntent } from '../provider/objects.ts';
import { authenticate, confirm } from '../provider/payments.ts';
import type { Store } from '../provider/store.ts';
import { cardPage, type Typed } from './card-page.ts';
import { html, layOut } from './html.ts';
import { receiptPage } from './receipt-page.ts';
import { type Along, alongQuery, type PageAnswer, type PageRequest, readAlong } from './request.ts';
import { style } from './style.ts';
import { words } from './words.ts';

export interface PagesWorld {
  store: Store;
  /** Runs a change and commits it. */
  change<T>(work: (draft: Draft) => T): T;
  cardFor(card: TestCard): TestCard;
}

const page = (status: number, body: string): PageAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  },
  body,
});
const goTo = (location: string): PageAnswer => ({
  status: 303,
  headers: { location, 'cache-control': 'no-store' },
  body: '',
});

/** Answers a browser below /test-payments/. Whoever has the secret of a payment may pay it. */
export function answerPage(world: PagesWorld, request: PageRequest): PageAnswer {
  const url = new URL(request.url, 'http://provider.invalid');
  const along = readAlong(url.searchParams, request.acceptLanguage);
  const [area, id = '', step] = url.pathname.replace(/^\/test-payments\//, '').split('/');
  if (area === 'style.css') {
    return {
      status: 200,
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' },
      body: style,
    };
  }
  if (area === 'receipts') return answerReceipt(world, id, along);
  const intent = world.store.get('payment_intent', id);
  if (area !== 'pay' || !intent || intent.client_secret !== along.secret) return missingPage(along);
  if (request.method !== 'POST') return page(200, cardPage(intent, along, receiptOf(world, intent)));
  const form = new URLSearchParams(request.body);
  return step === 'authentication' ? takeAnswer(world, intent, form, along) : takeCard(world, intent, form, along);
}

function missingPage(along: Along): PageAnswer {
  const { missing, missingText } = words[along.language];
  const body = html`<div class="card"><div><h1>${missing}</h1><p>${missingText}</p></div></div>`;
  return page(404, layOut({ ...along, title: missing, body }));
}

function answerReceipt({ store }: PagesWorld, receipt: string, along: Along): PageAnswer {
  const charge = store.all('charge').find((one) => one.receipt_url === receipt);
  return charge ? page(200, receiptPage(charge, along)) : missingPage(along);
}

const receiptOf = ({ store }: PagesWorld, intent: PaymentIntent): string | null =>
  store.get('charge', intent.latest_charge ?? '')?.receipt_url ?? null;

/** After a step: back to the platform when it is paid, else to what is asked next. */
function goOn({ store }: PagesWorld, before: PaymentIntent, along: Along): PageAnswer {
  const isPaid = store.get('payment_intent', before.id)?.status === 'succeeded';
  return goTo(isPaid ? along.returnPath : `/test-payments/pay/${before.id}?${alongQuery(along)}`);
}

function takeCard(world: PagesWorld, intent: PaymentIntent, form: URLSearchParams, along: Along): PageAnswer {
  // Sent twice, or long over: the page of its state says so.
  if (intent.status !== 'requires_payment_method') return goOn(world, intent, along);
  const number = form.get('number') ?? '';
  const expiry = form.get('expiry') ?? '';
  const card = cardByNumber(number);
  const errors: Typed['errors'] = {
    ...(card ? {} : { number: true }),
    ...(isInFuture(expiry, new Date()) ? {} : { expiry: true }),
    ...(/^\d{3,4}$/.test((form.get('cvc') ?? '').trim()) ? {} : { cvc: true }),
  };
  if (!card || Object.keys(errors).length > 0) {
    // A number that is none of ours may be a real one: it is not sent back.
    return page(422, cardPage(intent, along, null, { number: card ? number : '', expiry, errors }));
  }
  world.change((draft) => confirm(draft, intent, world.cardFor(card)));
  return goOn(world, intent, along);
}

function takeAnswer(world: PagesWorld, intent: PaymentIntent, form: URLSearchParams, along: Along): PageAnswer {
  if (intent.status === 'requires_action') {
    world.change((draft) => authenticate(draft, intent, form.get('answer') === 'agree'));
  }
  return goOn(world, intent, along);
}

function isInFuture(expiry: string, now: Date): boolean {
  const [, month, year] = /^\s*(\d{1,2})\s*\/\s*(?:20)?(\d{2})\s*$/.exec(expiry) ?? [];
  if (!month || !year || Number(month) < 1 || Number(month) > 12) return false;
  return Date.UTC(2000 + Number(year), Number(month), 1) > now.getTime();
}
