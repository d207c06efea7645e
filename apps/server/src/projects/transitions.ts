import type { ProjectStatus } from '@talkide/contracts';

/** What happens to a project. BUILD_* come from builds, CHANGED from a new version, the rest from people. */
export type ProjectEvent =
  | 'BUILD_STARTED'
  | 'BUILD_ENDED'
  | 'CHANGED'
  | 'PUBLISHED'
  | 'UNPUBLISHED'
  | 'PAUSE'
  | 'RESUME'
  | 'ARCHIVE'
  | 'RESTORE'
  | 'DELETE';

/** Status, where to return to after BUILDING, PAUSED or ARCHIVED, and whether it has a public address. */
export interface ProjectState {
  status: ProjectStatus;
  previous: ProjectStatus | null;
  published: boolean;
}

type Resting = 'DRAFT' | 'LIVE' | 'UPDATED';
type Target =
  /** Go there; where it was is forgotten. */
  | Resting
  /** Go there and remember where to return. */
  | 'BUILDING'
  | 'PAUSED'
  | 'ARCHIVED'
  /** Stay, and let the event work on what is remembered. */
  | 'BEHIND'
  | 'STAY'
  | 'RETURN'
  | 'DELETED';

export const START: ProjectState = { status: 'DRAFT', previous: null, published: false };

/** Every transition that is allowed; what is missing is refused. */
export const transitions: Readonly<Record<ProjectStatus, Partial<Record<ProjectEvent, Target>>>> = {
  DRAFT: {
    BUILD_STARTED: 'BUILDING',
    BUILD_ENDED: 'STAY',
    CHANGED: 'STAY',
    PUBLISHED: 'LIVE',
    PAUSE: 'PAUSED',
    ARCHIVE: 'ARCHIVED',
    DELETE: 'DELETED',
  },
  BUILDING: {
    BUILD_STARTED: 'STAY',
    BUILD_ENDED: 'RETURN',
    CHANGED: 'BEHIND',
    PUBLISHED: 'BEHIND',
    UNPUBLISHED: 'BEHIND',
    PAUSE: 'PAUSED',
    ARCHIVE: 'ARCHIVED',
    DELETE: 'BEHIND',
  },
  LIVE: {
    BUILD_STARTED: 'BUILDING',
    BUILD_ENDED: 'STAY',
    CHANGED: 'UPDATED',
    PUBLISHED: 'STAY',
    UNPUBLISHED: 'DRAFT',
    PAUSE: 'PAUSED',
    ARCHIVE: 'ARCHIVED',
  },
  UPDATED: {
    BUILD_STARTED: 'BUILDING',
    BUILD_ENDED: 'STAY',
    CHANGED: 'STAY',
    PUBLISHED: 'LIVE',
    UNPUBLISHED: 'DRAFT',
    PAUSE: 'PAUSED',
    ARCHIVE: 'ARCHIVED',
  },
  PAUSED: {
    BUILD_STARTED: 'STAY',
    BUILD_ENDED: 'STAY',
    CHANGED: 'BEHIND',
    UNPUBLISHED: 'BEHIND',
    RESUME: 'RETURN',
    ARCHIVE: 'ARCHIVED',
    DELETE: 'DELETED',
  },
  ARCHIVED: {
    BUILD_STARTED: 'STAY',
    BUILD_ENDED: 'STAY',
    CHANGED: 'BEHIND',
    UNPUBLISHED: 'BEHIND',
    RESTORE: 'RETURN',
    DELETE: 'DELETED',
  },
};

export type Outcome =
  | { kind: 'moved'; state: ProjectState }
  | { kind: 'deleted' }
  | { kind: 'refused'; from: ProjectStatus; to: string; allowed: string[] };

/** What an event makes of a project. Pure. */
export function transition(state: ProjectState, event: ProjectEvent): Outcome {
  const next = step(state, event);
  if (next === null) return { kind: 'refused', from: state.status, to: wanted[event], allowed: allowedFrom(state) };
  return next === 'DELETED' ? { kind: 'deleted' } : { kind: 'moved', state: next };
}

/** What a person can bring the project to now. */
export function allowedFrom(state: ProjectState): string[] {
  const reachable = (['PUBLISHED', 'PAUSE', 'RESUME', 'ARCHIVE', 'RESTORE', 'DELETE'] as const)
    .map((event) => step(state, event))
    .filter((next) => next !== null)
    .map((next) => (next === 'DELETED' ? next : next.status))
    .filter((status) => status !== state.status);
  return [...new Set(reachable)];
}

function step(state: ProjectState, event: ProjectEvent): ProjectState | 'DELETED' | null {
  const target = transitions[state.status][event];
  if (target === undefined) return null;
  const published = event === 'PUBLISHED' || (state.published && event !== 'UNPUBLISHED');
  switch (target) {
    case 'DELETED':
      return 'DELETED';
    case 'STAY':
      return { ...state, published };
    case 'RETURN':
      return { status: whereTo(state), previous: null, published };
    case 'BEHIND':
      return behind(state, event, published);
    case 'BUILDING':
      return { status: 'BUILDING', previous: state.status, published };
    case 'PAUSED':
    case 'ARCHIVED':
      return { status: target, previous: state.status === 'BUILDING' ? whereTo(state) : state.status, published };
    default:
      return { status: target, previous: null, published };
  }
}

/** An event that meets a project which is building or put away works on the status it returns to. */
function behind(state: ProjectState, event: ProjectEvent, published: boolean): ProjectState | 'DELETED' | null {
  const remembered = whereTo(state);
  if (remembered === 'PAUSED') return { ...state, published };
  const next = step({ status: remembered, previous: null, published: state.published }, event);
  return next === null || next === 'DELETED' ? next : { ...state, previous: next.status, published };
}

/** Where BUILDING, PAUSED and ARCHIVED return to; a project that forgot it goes by its public address. */
function whereTo({ status, previous, published }: ProjectState): ProjectStatus {
  if (previous !== null && previous !== 'BUILDING' && previous !== status) return previous;
  return published ? 'UPDATED' : 'DRAFT';
}

const wanted: Record<ProjectEvent, string> = {
  BUILD_STARTED: 'BUILDING',
  BUILD_ENDED: 'BUILT',
  CHANGED: 'UPDATED',
  PUBLISHED: 'LIVE',
  UNPUBLISHED: 'DRAFT',
  PAUSE: 'PAUSED',
  RESUME: 'RESUMED',
  ARCHIVE: 'ARCHIVED',
  RESTORE: 'RESTORED',
  DELETE: 'DELETED',
};
