import type { Activity, Project, Turn } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { byId, emptyWorld, type World } from '@/feed/world';
import { liveLines } from './live-lines';
import { mergeProjects } from './merge-projects';

const project = (id: string, over: Partial<Project> = {}) =>
  ({ id, name: id, status: 'LIVE', working: false, updatedAt: '2026-11-22T10:00:00Z', ...over }) as Project;
const turn = (id: string, projectId: string, status: Turn['status']) => ({ id, projectId, status }) as Turn;
const activity = (id: string, turnId: string, toolSummary: string | null) =>
  ({ id, projectId: '1', turnId, toolSummary, description: 'Says something' }) as Activity;
const world = (over: Partial<World>): World => ({ ...emptyWorld, ...over });

describe('mergeProjects', () => {
  it('takes the newer of what was fetched and what the feed said, newest first', () => {
    const fetched = [project('1'), project('2', { updatedAt: '2026-11-22T09:00:00Z' })];
    const told = byId([
      project('2', { name: 'renamed', updatedAt: '2026-11-22T11:00:00Z' }),
      project('1', { name: 'stale', updatedAt: '2026-11-22T08:00:00Z' }),
      project('3', { updatedAt: '2026-11-22T12:00:00Z' }),
    ]);
    expect(mergeProjects(fetched, world({ projects: told }), false).map(({ name }) => name)).toEqual([
      '3',
      'renamed',
      '1',
    ]);
  });
  it('keeps the archive apart and drops the deleted', () => {
    const fetched = [project('1'), project('2', { status: 'ARCHIVED' }), project('3')];
    const after = world({ deletedProjects: { 3: true } });
    expect(mergeProjects(fetched, after, false).map(({ id }) => id)).toEqual(['1']);
    expect(mergeProjects(fetched, after, true).map(({ id }) => id)).toEqual(['2']);
  });
});

describe('liveLines', () => {
  const lines = (over: Partial<World>, working = false) => liveLines([project('1', { working })], world(over));
  it('is silent where nobody works', () => {
    expect(lines({ turns: byId([turn('5', '1', 'SUCCEEDED')]), activities: byId([activity('1', '5', 'x')]) })).toEqual(
      {},
    );
  });
  it('tells the latest activity of the running turn', () => {
    const activities = byId([activity('1', '4', 'old'), activity('2', '5', 'Edits the home page')]);
    expect(lines({ turns: byId([turn('5', '1', 'RUNNING')]), activities })).toEqual({
      1: { kind: 'doing', text: 'Edits the home page' },
    });
  });
  it('says that Mara reads, or is about to begin', () => {
    expect(lines({ turns: byId([turn('5', '1', 'RUNNING')]) })).toEqual({ 1: { kind: 'reading' } });
    expect(lines({ turns: byId([turn('5', '1', 'QUEUED')]) })).toEqual({ 1: { kind: 'starting' } });
    expect(lines({}, true)).toEqual({ 1: { kind: 'reading' } });
  });
});
