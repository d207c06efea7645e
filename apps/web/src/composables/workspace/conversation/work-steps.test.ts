import type { Activity } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { workSteps } from './work-steps';

const one = (id: string, eventType: Activity['eventType'], parentActivityId: string | null = null): Activity => ({
  id,
  projectId: '1',
  conversationId: '1',
  turnId: '1',
  agentRole: 'talkide-pm',
  eventType,
  parentActivityId,
  description: id,
  toolName: null,
  toolCategory: null,
  toolSummary: null,
  createdAt: `2026-11-22T10:00:0${id}.000Z`,
});

describe('workSteps', () => {
  it('gathers the steps of tasks that run at the same time', () => {
    const steps = workSteps([
      one('1', 'TASK_STARTED'),
      one('2', 'TASK_STARTED'),
      one('3', 'TOOL_USE', '1'),
      one('4', 'TOOL_USE', '2'),
      one('5', 'TASK_COMPLETED', '1'),
    ]);
    expect(steps).toMatchObject([
      { kind: 'task', started: { id: '1' }, steps: [{ id: '3' }], ended: { id: '5' } },
      { kind: 'task', started: { id: '2' }, steps: [{ id: '4' }], ended: null },
    ]);
  });

  it('keeps tools in a row together until something is said', () => {
    const steps = workSteps([
      one('1', 'TOOL_USE'),
      one('2', 'TOOL_USE'),
      one('3', 'AGENT_MESSAGE'),
      one('4', 'TOOL_USE'),
    ]);
    expect(steps.map((step) => step.kind)).toEqual(['tools', 'said', 'tools']);
  });

  it('shows what belongs to a task outside of what was fetched', () => {
    expect(workSteps([one('4', 'TOOL_USE', '1')])).toMatchObject([{ kind: 'tools', tools: [{ id: '4' }] }]);
  });
});
