import type { Turn } from '@talkide/contracts';
import { computed } from 'vue';
import { useSecondsSince } from '../useSeconds';
import { useWorkspace } from '../workspace';
import { workWords } from './work-words';

/** What Mara does just now, for how long, and what it has cost so far. */
export function useTurnStatus(turn: () => Turn) {
  const { world } = useWorkspace();
  const words = computed(() => workWords(world.value, turn()));
  return {
    words,
    seconds: useSecondsSince(() => words.value.since),
    costUsd: computed(() => world.value.costs[turn().id]?.costUsd ?? turn().costUsd),
  };
}
