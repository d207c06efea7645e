import type { FeedEvent } from '@talkide/contracts';
import { type MaybeRefOrGetter, onScopeDispose, type Ref, ref, toValue, watch } from 'vue';
import { authorizedFetch } from '@/api/authorized-fetch';
import { type FeedState, followFeed } from '@/feed/feed-connection';
import { waitOrOnline } from '@/feed/wait';
import { useSession } from '@/stores/session';
import { useFeedPlace } from './useFeedPlace';

interface UseFeedOptions {
  onEvent: (event: FeedEvent, id: string | null) => void;
  /** Where to begin; null begins with what happens from now on. Read again whenever the address changes. */
  lastEventId?: MaybeRefOrGetter<string | null>;
  /** Called each time the connection stands, so that a screen can fetch what it may have missed. */
  onConnected?: () => void;
}

/** Follows a feed while the component lives; a null address waits. Says how the connection is. A feed that rested resumes. */
export function useFeed(url: MaybeRefOrGetter<string | null>, options: UseFeedOptions): { state: Ref<FeedState> } {
  const session = useSession();
  const state = ref<FeedState>('connecting');
  const follows = useFeedPlace();
  let stop = new AbortController();
  let seen: { address: string; id: string } | null = null;

  watch(
    () => (follows.value ? toValue(url) : null),
    (address) => {
      stop.abort();
      stop = new AbortController();
      if (address === null) return;
      void followFeed({
        url: new URL(address, location.origin).href,
        fetch: authorizedFetch,
        lastEventId: seen?.address === address ? seen.id : (toValue(options.lastEventId) ?? null),
        onEvent: (event, id) => {
          if (id !== null) seen = { address, id };
          if (event.type === 'feed.closed' && event.reason === 'session_ended') void session.renew().catch(() => null);
          options.onEvent(event, id);
        },
        onState: (next) => {
          state.value = next;
          if (next === 'connected') options.onConnected?.();
        },
        isOnline: () => navigator.onLine,
        wait: waitOrOnline,
        signal: stop.signal,
      });
    },
    { immediate: true },
  );
  onScopeDispose(() => stop.abort());
  return { state };
}
