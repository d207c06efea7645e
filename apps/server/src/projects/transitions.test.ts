import { describe, expect, it } from 'vitest';
import { allowedFrom, type ProjectEvent, type ProjectState, START, transition, transitions } from './transitions.ts';

const draft: ProjectState = START;
const live: ProjectState = { status: 'LIVE', previous: null, published: true };
const updated: ProjectState = { status: 'UPDATED', previous: null, published: true };
const from = (status: ProjectState['status'], previous: ProjectState['status'] | null, published = false) => ({
  status,
  previous,
  published,
});

/** Every status (with what it remembers) × every event: `STATUS<PREVIOUS`, `*` for a public address, `-` for refused. */
const table: [ProjectState, Record<ProjectEvent, string>][] = [
  [
    draft,
    {
      BUILD_STARTED: 'BUILDING<DRAFT',
      BUILD_ENDED: 'DRAFT',
      CHANGED: 'DRAFT',
      PUBLISHED: 'LIVE*',
      UNPUBLISHED: '-',
      PAUSE: 'PAUSED<DRAFT',
      RESUME: '-',
      ARCHIVE: 'ARCHIVED<DRAFT',
      RESTORE: '-',
      DELETE: 'deleted',
    },
  ],
  [
    from('BUILDING', 'DRAFT'),
    {
      BUILD_STARTED: 'BUILDING<DRAFT',
      BUILD_ENDED: 'DRAFT',
      CHANGED: 'BUILDING<DRAFT',
      PUBLISHED: 'BUILDING<LIVE*',
      UNPUBLISHED: '-',
      PAUSE: 'PAUSED<DRAFT',
      RESUME: '-',
      ARCHIVE: 'ARCHIVED<DRAFT',
      RESTORE: '-',
      DELETE: 'deleted',
    },
  ],
  [
    from('BUILDING', 'LIVE', true),
    {
      BUILD_STARTED: 'BUILDING<LIVE*',
      BUILD_ENDED: 'LIVE*',
      CHANGED: 'BUILDING<UPDATED*',
      PUBLISHED: 'BUILDING<LIVE*',
      UNPUBLISHED: 'BUILDING<DRAFT',
      PAUSE: 'PAUSED<LIVE*',
      RESUME: '-',
      ARCHIVE: 'ARCHIVED<LIVE*',
      RESTORE: '-',
      DELETE: '-',
    },
  ],
  [
    live,
    {
      BUILD_STARTED: 'BUILDING<LIVE*',
      BUILD_ENDED: 'LIVE*',
      CHANGED: 'UPDATED*',
      PUBLISHED: 'LIVE*',
      UNPUBLISHED: 'DRAFT',
      PAUSE: 'PAUSED<LIVE*',
      RESUME: '-',
      ARCHIVE: 'ARCHIVED<LIVE*',
      RESTORE: '-',
      DELETE: '-',
    },
  ],
  [
    updated,
    {
      BUILD_STARTED: 'BUILDING<UPDATED*',
      BUILD_ENDED: 'UPDATED*',
      CHANGED: 'UPDATED*',
      PUBLISHED: 'LIVE*',
      UNPUBLISHED: 'DRAFT',
      PAUSE: 'PAUSED<UPDATED*',
      RESUME: '-',
      ARCHIVE: 'ARCHIVED<UPDATED*',
      RESTORE: '-',
      DELETE: '-',
    },
  ],
  [
    from('PAUSED', 'LIVE', true),
    {
      BUILD_STARTED: 'PAUSED<LIVE*',
      BUILD_ENDED: 'PAUSED<LIVE*',
      CHANGED: 'PAUSED<UPDATED*',
      PUBLISHED: '-',
      UNPUBLISHED: 'PAUSED<DRAFT',
      PAUSE: '-',
      RESUME: 'LIVE*',
      ARCHIVE: 'ARCHIVED<PAUSED*',
      RESTORE: '-',
      DELETE: 'deleted',
    },
  ],
  [
    from('ARCHIVED', 'UPDATED', true),
    {
      BUILD_STARTED: 'ARCHIVED<UPDATED*',
      BUILD_ENDED: 'ARCHIVED<UPDATED*',
      CHANGED: 'ARCHIVED<UPDATED*',
      PUBLISHED: '-',
      UNPUBLISHED: 'ARCHIVED<DRAFT',
      PAUSE: '-',
      RESUME: '-',
      ARCHIVE: '-',
      RESTORE: 'UPDATED*',
      DELETE: 'deleted',
    },
  ],
  [
    from('ARCHIVED', 'PAUSED', true),
    {
      BUILD_STARTED: 'ARCHIVED<PAUSED*',
      BUILD_ENDED: 'ARCHIVED<PAUSED*',
      CHANGED: 'ARCHIVED<PAUSED*',
      PUBLISHED: '-',
      UNPUBLISHED: 'ARCHIVED<PAUSED',
      PAUSE: '-',
      RESUME: '-',
      ARCHIVE: '-',
      RESTORE: 'PAUSED*',
      DELETE: 'deleted',
    },
  ],
];

function outcome(state: ProjectState, event: ProjectEvent): string {
  const result = transition(state, event);
  if (result.kind === 'refused') return '-';
  if (result.kind === 'deleted') return 'deleted';
  const { status, previous, published } = result.state;
  return `${status}${previous ? `<${previous}` : ''}${published ? '*' : ''}`;
}

describe('project status', () => {
  for (const [state, expected] of table) {
    for (const [event, result] of Object.entries(expected) as [ProjectEvent, string][]) {
      it(`${state.status}${state.previous ? ` (from ${state.previous})` : ''} × ${event} → ${result}`, () => {
        expect(outcome(state, event)).toBe(result);
      });
    }
  }

  it('covers every status', () => {
    expect(new Set(table.map(([state]) => state.status))).toEqual(new Set(Object.keys(transitions)));
  });

  it('a paused project that was archived returns to its address when it forgot where it was', () => {
    expect(outcome(from('PAUSED', null, true), 'RESUME')).toBe('UPDATED*');
    expect(outcome(from('PAUSED', null, false), 'RESUME')).toBe('DRAFT');
  });

  it('names what is allowed when it refuses', () => {
    expect(transition(live, 'RESTORE')).toEqual({
      kind: 'refused',
      from: 'LIVE',
      to: 'RESTORED',
      allowed: ['PAUSED', 'ARCHIVED'],
    });
    expect(allowedFrom(draft)).toEqual(['LIVE', 'PAUSED', 'ARCHIVED', 'DELETED']);
    expect(allowedFrom(from('PAUSED', 'LIVE', true))).toEqual(['LIVE', 'ARCHIVED', 'DELETED']);
    expect(allowedFrom(from('BUILDING', 'LIVE', true))).toEqual(['PAUSED', 'ARCHIVED']);
    expect(allowedFrom(from('ARCHIVED', 'PAUSED', true))).toEqual(['PAUSED', 'DELETED']);
  });
});
