export { mountCardPages } from './card-pages.ts';
export {
  CustomerUnknown,
  type Intent,
  type Payments,
  PaymentsUnavailable,
  type Settlement,
  WebhookRefused,
} from './payments.ts';
export { createStripePayments } from './stripe.ts';
