import { watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { storedValue } from '@/lib/stored-value';
import { useToasts } from '@/stores/toasts';
import { useCredit } from './useCredit';

const LOOK_AGAIN_MS = 60_000;
const shown = storedValue('talkide.alert-shown');

/** Says once, wherever the person is, that 80 % or all of the credit or of the month's limit is used. */
export function useBudgetAlerts(): void {
  const { t } = useI18n();
  const router = useRouter();
  const toasts = useToasts();
  const { credit } = useCredit({ lookAgainMs: LOOK_AGAIN_MS });
  watch(
    () => credit.value?.alerts[0],
    (alert) => {
      const last = shown.read();
      if (!alert || (last !== null && alert.createdAt <= last)) return;
      shown.write(alert.createdAt);
      const section = alert.kind === 'CREDIT' ? 'credit' : 'limits';
      toasts.show(t(`billing.alert.${alert.kind}.${alert.threshold}`), {
        tone: alert.threshold === 100 ? 'danger' : 'neutral',
        action: {
          label: t(`billing.alert.action.${alert.kind}`),
          run: () => void router.push({ name: 'billing', params: { section } }),
        },
      });
    },
    { immediate: true },
  );
}
