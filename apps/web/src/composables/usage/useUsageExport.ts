import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { saveFile } from '@/lib/save-file';
import type { DayRange } from './period-days';

/** Every call of a period as a file. It is fetched with the session, which a plain link has not. */
export const useUsageExport = () =>
  useAction(async (period: DayRange) => {
    const file = await unwrap(api.GET('/api/usage/export.csv', { params: { query: period }, parseAs: 'blob' }));
    saveFile(file as Blob, `talkide-usage-${period.from}-${period.to}.csv`);
  });
