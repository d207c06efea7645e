import type { StripeElements, Stripe as StripeJs } from '@stripe/stripe-js';
import { onBeforeUnmount, onMounted, ref, type ShallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useAction } from '@/composables/useAction';
import { useTheme } from '@/stores/theme';
import type { PaymentInPlace } from './usePayment';

export interface PaymentElementOptions {
  publishableKey: string;
  payment: PaymentInPlace;
  place: Readonly<ShallowRef<HTMLElement | null>>;
  /** Nothing more to ask: the webhook will tell. */
  onPaid(topUpId: string): void;
}

/** Stripe's own form in the page. Its script is fetched now and not before. */
export function usePaymentElement({ publishableKey, payment, place, onPaid }: PaymentElementOptions) {
  const { t, locale } = useI18n();
  const isReady = ref(false);
  const refusal = ref<string | null>(null);
  const { theme } = useTheme();
  const isDark = () =>
    theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  let form: { stripe: StripeJs; elements: StripeElements } | undefined;
  let isGone = false;

  const open = useAction(async () => {
    const { loadStripe } = await import('@stripe/stripe-js/pure');
    const stripe = await loadStripe(publishableKey).catch(() => null);
    if (isGone) return;
    if (!stripe || !place.value) {
      refusal.value = t('billing.pay.unreachable');
      return;
    }
    const elements = stripe.elements({
      clientSecret: payment.clientSecret,
      locale: locale.value === 'cs' ? 'cs' : 'en',
      appearance: { theme: isDark() ? 'night' : 'stripe' },
    });
    const element = elements.create('payment');
    element.on('ready', () => {
      isReady.value = true;
    });
    element.mount(place.value);
    form = { stripe, elements };
  });
  const submit = useAction(async () => {
    if (!form) return;
    refusal.value = null;
    const back = `${window.location.origin}/billing/credit?topup=${payment.topUpId}`;
    const { error } = await form.stripe.confirmPayment({
      elements: form.elements,
      confirmParams: { return_url: back },
      redirect: 'if_required',
    });
    if (error) refusal.value = error.message ?? t('billing.failure.other');
    else onPaid(payment.topUpId);
  });
  onMounted(() => void open.perform());
  onBeforeUnmount(() => {
    isGone = true;
    form?.elements.getElement('payment')?.destroy();
  });
  return { isReady, refusal, submit: submit.perform, busy: submit.busy };
}
