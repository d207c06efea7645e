import { afterEach, expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import { queryClient } from '@/api/query-client';
import { queryKeys } from '@/api/query-keys';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import { useWorkspaceData, type WorkspaceData } from './useWorkspaceData';

afterEach(() => vi.unstubAllGlobals());

const conversation = {
  conversation: { id: '3', projectId: '7', status: 'ACTIVE' },
  ...{ messages: [], turns: [], activities: [], messagesCursor: null, lastEventId: '40' },
};

it('reads what the feed keeps current after the feed’s beginning is known, also when it is cached', async () => {
  let status = 'RUNNING';
  const page = (items: object[]) => ({ body: { items, nextCursor: null } });
  const platform = fakePlatform({
    // While the conversation is read, the build ends: the feed begins after that.
    'GET /api/projects/7/conversation': () => {
      status = 'SUCCESS';
      return { body: conversation };
    },
    'GET /api/projects/7': () => ({ body: { id: '7', status: 'DRAFT', updatedAt: '2026-11-28T10:00:00.000Z' } }),
    'GET /api/projects/7/builds': () => page([{ id: '1', versionNumber: 1, status }]),
    'GET /api/projects/7/versions': () => page([]),
    'GET /api/projects/7/releases': () => page([]),
  });
  let data: WorkspaceData | undefined;
  const screen = defineComponent({
    setup() {
      queryClient.setQueryData(queryKeys.builds('7'), {
        pages: [{ items: [{ id: '1', versionNumber: 1, status: 'RUNNING' }], nextCursor: null }],
        pageParams: [''],
      });
      data = useWorkspaceData('7');
      return () => h('p', data?.builds.items.value[0]?.status);
    },
  });
  const { wrapper } = await mountScreen(screen);
  await vi.waitFor(() => expect(wrapper.text()).toBe('SUCCESS'), 15_000);
  const { asked } = platform;
  const begun = asked.indexOf('GET /api/projects/7/conversation');
  for (const list of ['builds', 'versions', 'releases'])
    expect(asked.indexOf(`GET /api/projects/7/${list}`)).toBeGreaterThan(begun);
  await vi.waitFor(() => expect(asked.lastIndexOf('GET /api/projects/7')).toBeGreaterThan(begun), 15_000);
  wrapper.unmount();
});
