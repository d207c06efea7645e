import { computed, reactive, shallowRef, watch, watchEffect } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { type DayRange, daysOfChoice, PERIODS, type PeriodChoice, rangeProblem } from './period-days';

const first = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The period of a report. It stands in the address, so that a reload, a link and Back keep it. */
export function usePeriod() {
  const route = useRoute();
  const router = useRouter();
  const now = new Date();
  const choice = computed<PeriodChoice>({
    get: () => PERIODS.find((one) => one === route.query.period) ?? 'month',
    set: (next) => {
      const { from, to } = period.value;
      void router.replace({ query: next === 'own' ? { period: next, from, to } : { period: next } });
    },
  });
  const own = reactive<DayRange>({ from: first(route.query.from), to: first(route.query.to) });
  watch(
    () => [first(route.query.from), first(route.query.to)] as const,
    ([from, to]) => Object.assign(own, { from, to }),
  );
  const problem = computed(() => (choice.value === 'own' ? rangeProblem(own) : null));
  // What was asked for last stays while a range is being typed.
  const period = shallowRef(daysOfChoice('month', now));
  watchEffect(
    () => {
      if (choice.value !== 'own') period.value = daysOfChoice(choice.value, now);
      else if (!problem.value) period.value = { from: own.from, to: own.to };
    },
    { flush: 'sync' },
  );
  function setOwn(end: keyof DayRange, day: string): void {
    own[end] = day;
    if (!rangeProblem(own)) void router.replace({ query: { period: 'own', ...own } });
  }
  return { choice, own, setOwn, problem, period };
}

export type PeriodState = ReturnType<typeof usePeriod>;
