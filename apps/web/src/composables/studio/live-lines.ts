import type { Project } from '@talkide/contracts';
import { type ById, inOrder, type World } from '@/feed/world';

/** What goes on in a project right now; `doing` has the sentence. */
export type LiveLine = { kind: 'doing'; text: string } | { kind: 'starting' } | { kind: 'reading' };

/** One line for every project that Mara works on. */
export function liveLines(projects: readonly Project[], world: World): ById<LiveLine> {
  const running = new Map<string, string>();
  const waiting = new Set<string>();
  for (const turn of inOrder(world.turns)) {
    if (turn.status === 'RUNNING') running.set(turn.projectId, turn.id);
    if (turn.status === 'QUEUED') waiting.add(turn.projectId);
  }
  const doing = new Map<string, string>();
  for (const activity of inOrder(world.activities)) {
    const isOld = running.has(activity.projectId) && running.get(activity.projectId) !== activity.turnId;
    if (!isOld) doing.set(activity.projectId, activity.toolSummary ?? activity.description);
  }
  const lines: Record<string, LiveLine> = {};
  for (const { id, working } of projects) {
    if (!running.has(id) && !waiting.has(id) && !working) continue;
    const text = doing.get(id);
    if (!running.has(id) && waiting.has(id)) lines[id] = { kind: 'starting' };
    else lines[id] = text ? { kind: 'doing', text } : { kind: 'reading' };
  }
  return lines;
}
