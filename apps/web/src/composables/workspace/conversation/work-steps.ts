import type { Activity } from '@talkide/contracts';

/** What an agent was asked to do, with all it did. */
export interface TaskStep {
  kind: 'task';
  started: Activity;
  steps: readonly Activity[];
  ended: Activity | null;
}
/** What Mara said in passing. */
export interface SaidStep {
  kind: 'said';
  activity: Activity;
}
/** What Mara did herself, in one go. */
export interface ToolsStep {
  kind: 'tools';
  tools: readonly Activity[];
}
export type WorkStep = TaskStep | SaidStep | ToolsStep;

/** When a step began. */
export const stepTime = (step: WorkStep): string => {
  if (step.kind === 'task') return step.started.createdAt;
  if (step.kind === 'said') return step.activity.createdAt;
  return step.tools[0]?.createdAt ?? '';
};

/** Activities of a turn in order, as steps: tasks hold their own, and what Mara does in a row stands together. */
export function workSteps(activities: readonly Activity[]): WorkStep[] {
  const children = Map.groupBy(activities, (one) => one.parentActivityId);
  const known = new Set(activities.map((one) => one.id));
  const steps: WorkStep[] = [];
  let tools: Activity[] | null = null;
  for (const activity of activities) {
    if (activity.parentActivityId !== null && known.has(activity.parentActivityId)) continue;
    if (activity.eventType === 'TOOL_USE') {
      if (!tools) {
        tools = [];
        steps.push({ kind: 'tools', tools });
      }
      tools.push(activity);
      continue;
    }
    tools = null;
    if (activity.eventType === 'AGENT_MESSAGE') steps.push({ kind: 'said', activity });
    if (activity.eventType !== 'TASK_STARTED') continue;
    const own = children.get(activity.id) ?? [];
    steps.push({
      kind: 'task',
      started: activity,
      steps: own.filter((one) => one.eventType !== 'TASK_COMPLETED'),
      ended: own.findLast((one) => one.eventType === 'TASK_COMPLETED') ?? null,
    });
  }
  return steps;
}
