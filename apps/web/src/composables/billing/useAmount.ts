import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { readAmount } from '@/lib/amount';

export const SUGGESTED = ['5', '10', '25', '50', '100'] as const;
const [LEAST, MOST] = [5, 500];

/** The amount of a top-up: one of those suggested or what is typed. */
export function useAmount() {
  const { t } = useI18n();
  const text = ref<string>('25');
  const usd = computed(() => {
    const amount = readAmount(text.value);
    return amount !== null && Number(amount) >= LEAST && Number(amount) <= MOST ? amount : null;
  });
  const wasSent = ref(false);
  return {
    text,
    usd,
    error: computed(() => (wasSent.value && usd.value === null ? t('billing.topUp.amountError') : undefined)),
    /** The amount to send; null, with an error at the field, where it does not fit. */
    take: () => {
      wasSent.value = true;
      return usd.value;
    },
  };
}
