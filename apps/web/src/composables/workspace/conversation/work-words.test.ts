import type { Activity, AgentRole, Turn } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { byId, emptyWorld } from '@/feed/world';
import { workWords } from './work-words';

const turn = (status: Turn['status'], more: Partial<Turn> = {}) =>
  ({
    id: '1',
    status,
    createdAt: '2026-11-22T10:00:00Z',
    startedAt: '2026-11-22T10:00:05Z',
    finishedAt: null,
    ...more,
  }) as Turn;
const activity = (
  id: string,
  eventType: Activity['eventType'],
  agentRole: AgentRole,
  parentActivityId: string | null = null,
) => ({ id, turnId: '1', eventType, agentRole, parentActivityId, description: '', createdAt: '' }) as Activity;
const worldOf = (...activities: Activity[]) => ({ ...emptyWorld, activities: byId(activities) });
const started = (id: string, role: AgentRole) => activity(id, 'TASK_STARTED', role);

describe('workWords', () => {
  it('waits since the turn before it ended', () => {
    const before = turn('SUCCEEDED', { id: '0', finishedAt: '2026-11-22T10:01:00Z' });
    const world = { ...emptyWorld, turns: byId([before]) };
    expect(workWords(world, turn('QUEUED'))).toMatchObject({ what: 'starting', since: '2026-11-22T10:01:00Z' });
  });

  it('names who works', () => {
    const running = turn('RUNNING');
    expect(workWords(emptyWorld, running)).toMatchObject({ what: 'thinking', since: running.startedAt });
    expect(workWords(worldOf(activity('1', 'TOOL_USE', 'talkide-pm')), running)).toMatchObject({ what: 'working' });
    const tester = started('1', 'talkide-tester');
    expect(workWords(worldOf(tester), running)).toMatchObject({ what: 'working', role: 'talkide-tester' });
    const designer = started('2', 'talkide-designer');
    expect(workWords(worldOf(tester, designer), running).what).toBe('team');
    const ended = activity('3', 'TASK_COMPLETED', 'talkide-designer', '2');
    expect(workWords(worldOf(tester, designer, ended), running)).toMatchObject({ role: 'talkide-tester' });
  });

  it('tells when Mara writes', () => {
    const text = { turnId: '1', projectId: '1', agentRole: 'talkide-pm' as const, block: 1, text: 'So' };
    expect(workWords({ ...emptyWorld, liveTexts: { a: text } }, turn('RUNNING')).what).toBe('writing');
  });
});
