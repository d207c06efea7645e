import type { Turn } from '@talkide/contracts';
import { api, unwrap } from '@/api/client';
import { useAction } from '@/composables/useAction';
import { useToasts } from '@/stores/toasts';
import { useWorkspace } from '../workspace';

/** Stopping, taking back and repeating turns; a failure is told in a toast, since it costs nothing. */
export function useTurnActions() {
  const { conversation } = useWorkspace();
  const toasts = useToasts();
  const put = (turn: Turn) =>
    conversation.change((world) => ({ ...world, turns: { ...world.turns, [turn.id]: turn } }));

  const stopping = useAction(async (turnId: string) => {
    put(await unwrap(api.POST('/api/turns/{id}/stop', { params: { path: { id: turnId } } })));
  });
  const retrying = useAction(async (turnId: string) => {
    put(await unwrap(api.POST('/api/turns/{id}/retry', { params: { path: { id: turnId } } })));
  });

  /** False when the platform could not be told. */
  async function stop(turnId: string): Promise<boolean> {
    await stopping.perform(turnId);
    const error = stopping.error.value;
    // Ended by itself in the meantime: what was wanted.
    if (!error || error.is('turn_ended')) return true;
    toasts.showError(error);
    return false;
  }
  async function retry(turnId: string): Promise<void> {
    await retrying.perform(turnId);
    if (retrying.error.value) toasts.showError(retrying.error.value);
  }
  return { stop, isStopping: stopping.busy, retry, isRetrying: retrying.busy };
}
