import type { AgentRole, Turn } from '@talkide/contracts';
import { inOrder, type World } from '@/feed/world';
import { workSteps } from './work-steps';

export interface WorkWords {
  what: 'starting' | 'thinking' | 'writing' | 'working' | 'team';
  /** Who does it; with `team`, several do. */
  role: AgentRole;
  since: string;
}

/** Since when a queued turn is the next: it was sent, or the one before it ended. */
function nextSince(world: World, turn: Turn): string {
  const ends = Object.values(world.turns).map((one) => one.finishedAt ?? '');
  return [turn.createdAt, ...ends].reduce((latest, time) => (time > latest ? time : latest));
}

/** What goes on in a turn at the moment, and since when. */
export function workWords(world: World, turn: Turn): WorkWords {
  const mara = 'talkide-pm' as const;
  if (turn.status === 'QUEUED') return { what: 'starting', role: mara, since: nextSince(world, turn) };
  const since = turn.startedAt ?? turn.createdAt;
  const steps = workSteps(inOrder(world.activities).filter((one) => one.turnId === turn.id));
  const open = steps.filter((step) => step.kind === 'task').filter((task) => task.ended === null);
  if (open.length > 1) return { what: 'team', role: mara, since };
  if (open[0]) return { what: 'working', role: open[0].started.agentRole, since };
  const writes = Object.values(world.liveTexts).some((text) => text.turnId === turn.id);
  if (writes) return { what: 'writing', role: mara, since };
  return { what: steps.at(-1)?.kind === 'tools' ? 'working' : 'thinking', role: mara, since };
}
