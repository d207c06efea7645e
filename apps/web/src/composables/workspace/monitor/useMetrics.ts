import type { MetricRange, MetricStep } from '@talkide/contracts';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { formatBytes } from '@/lib/bytes';

const REFRESH_MS = 30_000;

export interface Tile {
  id: 'requests' | 'errors' | 'time' | 'bytes' | 'cpu' | 'memory';
  /** What it says at a glance, and what stands beside it. */
  value: string;
  note: string;
  bars: { height: number; text: string }[];
  isBad: boolean;
}

/** How an application did, as tiles with a small chart each. */
export function useMetrics(projectId: string) {
  const { t, locale } = useI18n();
  const kind = ref<'PREVIEW' | 'PUBLISHED'>('PREVIEW');
  const range = ref<MetricRange>('DAY');
  const query = useQuery({
    queryKey: computed(() => queryKeys.metrics(projectId, kind.value, range.value)),
    queryFn: ({ signal }) => {
      const params = { path: { id: projectId }, query: { kind: kind.value, range: range.value } };
      return unwrap(api.GET('/api/projects/{id}/metrics', { params, signal }));
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

  const number = (value: number) => new Intl.NumberFormat(locale.value).format(value);
  const time = (ms: number | null) => {
    if (ms === null) return t('workspace.monitor.none');
    const [value, unit] = ms < 1_000 ? [ms, 'millisecond'] : [ms / 1_000, 'second'];
    return new Intl.NumberFormat(locale.value, { style: 'unit', unit, maximumSignificantDigits: 2 }).format(value);
  };
  const bytes = (value: number) => formatBytes(value, locale.value);
  const when = (at: string) => {
    const day = { day: 'numeric', month: 'numeric' } as const;
    const clock = { hour: 'numeric', minute: '2-digit' } as const;
    const parts = range.value === 'MONTH' ? day : range.value === 'WEEK' ? { ...day, ...clock } : clock;
    return new Intl.DateTimeFormat(locale.value, parts).format(new Date(at));
  };
  const barsOf = (steps: readonly MetricStep[], of: (step: MetricStep) => number, text: (value: number) => string) => {
    const most = Math.max(...steps.map(of), 0);
    return steps.map((step) => ({
      height: most === 0 ? 0 : of(step) / most,
      text: `${when(step.at)}: ${text(of(step))}`,
    }));
  };

  const tiles = computed((): Tile[] => {
    if (!query.data.value) return [];
    const { steps, total } = query.data.value;
    /** Processes are looked at every half minute: before the first look nothing is known. */
    const looked = (text: string) => (total.memoryBytes === 0 ? t('workspace.monitor.none') : text);
    const wakes = { cold: number(total.coldWakes), thaws: number(total.thaws) };
    return [
      {
        ...{ id: 'requests', value: number(total.requests), note: t('workspace.monitor.wakes', wakes), isBad: false },
        bars: barsOf(steps, (step) => step.requests, number),
      },
      {
        ...{
          id: 'errors',
          value: number(total.errors),
          note: t('workspace.monitor.errorsNote'),
          isBad: total.errors > 0,
        },
        bars: barsOf(steps, (step) => step.errors, number),
      },
      {
        ...{
          id: 'time',
          value: time(total.p50Ms),
          note: t('workspace.monitor.p95', { time: time(total.p95Ms) }),
          isBad: false,
        },
        bars: barsOf(
          steps,
          (step) => step.p95Ms ?? 0,
          (ms) => time(ms),
        ),
      },
      {
        ...{ id: 'bytes', value: bytes(total.bytesOut), note: t('workspace.monitor.bytesNote'), isBad: false },
        bars: barsOf(steps, (step) => step.bytesOut, bytes),
      },
      {
        ...{ id: 'cpu', value: looked(time(total.cpuMs)), note: t('workspace.monitor.cpuNote'), isBad: false },
        bars: barsOf(
          steps,
          (step) => step.cpuMs,
          (ms) => time(ms),
        ),
      },
      {
        ...{
          id: 'memory',
          value: looked(bytes(total.memoryBytes)),
          note: t('workspace.monitor.memoryNote'),
          isBad: false,
        },
        bars: barsOf(steps, (step) => step.memoryBytes, bytes),
      },
    ];
  });

  return {
    ...{ kind, range, tiles },
    list: { isPending: query.isPending, error: query.error, reload: () => void query.refetch() },
    isQuiet: computed(() => query.data.value?.total.requests === 0),
  };
}
