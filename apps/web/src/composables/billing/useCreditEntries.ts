import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { usePages } from '@/composables/usePages';

/** What moved the credit besides model calls, newest first. */
export function useCreditEntries() {
  const { items: entries, ...list } = usePages({
    key: queryKeys.creditEntries,
    size: 20,
    fetchPage: (query, signal) => unwrap(api.GET('/api/credit/entries', { params: { query }, signal })),
  });
  return { entries, ...list };
}
