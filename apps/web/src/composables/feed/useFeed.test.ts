import { createPinia, setActivePinia } from 'pinia';
import { afterEach, expect, it, vi } from 'vitest';
import { effectScope, type Ref, ref } from 'vue';
import { authorizedFetch } from '@/api/authorized-fetch';
import { useFeed } from './useFeed';

vi.mock('@/api/authorized-fetch', () => ({ authorizedFetch: vi.fn() }));
const follows: Ref<boolean> = ref(true);
vi.mock('./useFeedPlace', () => ({ useFeedPlace: () => follows }));

const fetched = vi.mocked(authorizedFetch);
const scope = effectScope();
afterEach(() => scope.stop());

it('rests while its tab has no place, and resumes after the last event it saw', async () => {
  setActivePinia(createPinia());
  const event = { type: 'project.deleted', projectId: '8' };
  fetched.mockImplementation(async (request) => {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`id: 41\ndata: ${JSON.stringify(event)}\n\n`));
        request.signal.addEventListener('abort', () => controller.close());
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  });
  const onEvent = vi.fn();
  scope.run(() => useFeed('/api/feed', { onEvent, lastEventId: '40' }));
  await vi.waitFor(() => expect(onEvent).toHaveBeenCalledWith(event, '41'), 15_000);
  follows.value = false;
  await vi.waitFor(() => expect(fetched.mock.calls[0]?.[0].signal.aborted).toBe(true), 15_000);
  expect(fetched).toHaveBeenCalledOnce();
  follows.value = true;
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(2), 15_000);
  expect(fetched.mock.calls.map(([request]) => request.headers.get('last-event-id'))).toEqual(['40', '41']);
});
