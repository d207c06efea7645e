import { QueryClient } from '@tanstack/vue-query';
import { ApiError } from './problem';

const isWorthRetrying = (failures: number, error: unknown): boolean =>
  failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500);

/** One cache for the whole app; emptied when the session ends. */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 15_000, retry: isWorthRetrying, refetchOnWindowFocus: false } },
});
