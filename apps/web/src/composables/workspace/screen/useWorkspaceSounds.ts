import { onScopeDispose, watch } from 'vue';
import { type SoundName, useSounds } from '@/composables/sounds';
import { inOrder, type World } from '@/feed/world';
import { useWorkspace } from '../workspace';

const LOUDNESS: readonly SoundName[] = ['taskError', 'taskCompleted', 'newMessage', 'sendMessage'];
/** What comes together sounds as one. */
const TOGETHER_MS = 250;

const wasGoing = (before: World, turnId: string): boolean => before.turns[turnId]?.status === 'RUNNING';

/** What a change of the world sounds like. Old messages that are fetched make no sound. */
export function soundsOf(before: World, after: World): SoundName[] {
  const last = inOrder(before.messages).at(-1);
  const fresh = last
    ? inOrder(after.messages).slice(inOrder(after.messages).findIndex((one) => one.id === last.id) + 1)
    : [];
  const said = fresh.some((one) => one.role !== 'USER');
  const ended = Object.values(after.turns).filter((turn) => wasGoing(before, turn.id));
  return [
    ...(said ? (['newMessage'] as const) : []),
    ...(ended.some((turn) => turn.status === 'SUCCEEDED') ? (['taskCompleted'] as const) : []),
    ...(ended.some((turn) => turn.status === 'FAILED') ? (['taskError'] as const) : []),
  ];
}

/** Plays what happens in the open project. */
export function useWorkspaceSounds(): void {
  const { world } = useWorkspace();
  const { play } = useSounds();
  const waiting = new Set<SoundName>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(world, (after, before) => {
    for (const name of soundsOf(before, after)) waiting.add(name);
    if (waiting.size === 0) return;
    timer ??= setTimeout(() => {
      const loudest = LOUDNESS.find((name) => waiting.has(name));
      if (loudest) play(loudest);
      waiting.clear();
      timer = undefined;
    }, TOGETHER_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
}
