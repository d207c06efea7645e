import { type MaybeRefOrGetter, shallowRef } from 'vue';
import { applyFeedEvent } from '@/feed/reducer';
import { emptyWorld, type World } from '@/feed/world';
import { useFeed } from './useFeed';

/** A feed reduced to what it tells about the world; `change` puts in what was fetched. */
export function useFeedWorld(
  url: MaybeRefOrGetter<string | null>,
  options: { lastEventId?: MaybeRefOrGetter<string | null>; onConnected?: () => void } = {},
) {
  const world = shallowRef<World>(emptyWorld);
  const { state } = useFeed(url, {
    ...options,
    onEvent: (event) => {
      world.value = applyFeedEvent(world.value, event);
    },
  });
  return {
    world,
    state,
    /** Changes the world by something other than an event, such as the answer of a call. */
    change: (next: (world: World) => World) => {
      world.value = next(world.value);
    },
  };
}
