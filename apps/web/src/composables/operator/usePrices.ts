import type { ModelPrice } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { usePages } from '@/composables/usePages';

/** Prices of models, by model and newest first; and adding one. */
export function usePrices() {
  const queries = useQueryClient();
  const { items: prices, ...list } = usePages({
    key: queryKeys.prices,
    size: 100,
    fetchPage: (query, signal) => unwrap(api.GET('/api/admin/prices', { params: { query }, signal })),
  });
  const add = useAction(async (price: Omit<ModelPrice, 'id' | 'effectiveTo'>): Promise<true> => {
    await unwrap(api.POST('/api/admin/prices', { body: price }));
    await queries.invalidateQueries({ queryKey: queryKeys.prices });
    return true;
  });
  return { prices, ...list, add };
}
