import type { Activity, AgentRole } from '@talkide/contracts';
import { type WorkStep, workSteps } from '../conversation/work-steps';

export interface ActivityTurn {
  turnId: string;
  startedAt: string;
  steps: WorkStep[];
}

const belongs = (step: WorkStep, role: AgentRole | 'all'): boolean => {
  if (role === 'all') return true;
  if (step.kind === 'task') return step.started.agentRole === role;
  return (step.kind === 'said' ? step.activity.agentRole : step.tools[0]?.agentRole) === role;
};

/** Activities (newest first) by turn, newest turn first; within a turn in the order they happened. */
export function activityTurns(activities: readonly Activity[], role: AgentRole | 'all'): ActivityTurn[] {
  return [...Map.groupBy(activities, (one) => one.turnId)].flatMap(([turnId, own]) => {
    const inOrder = own.toReversed();
    const steps = workSteps(inOrder).filter((step) => belongs(step, role));
    return steps.length > 0 ? [{ turnId, startedAt: inOrder[0]?.createdAt ?? '', steps }] : [];
  });
}
