/** The times (ms) of the crashes that still count. */
type Crashes = { crashes: readonly number[] };

export type AppState = Crashes &
  (
    | { name: 'asleep' }
    | { name: 'starting' }
    | { name: 'running' }
    | { name: 'frozen' }
    | { name: 'stopping' }
    | { name: 'crashed'; logTail: string; retryAt: number }
  );

export type AppEvent =
  | { type: 'wanted'; now: number }
  | { type: 'healthy' }
  | { type: 'freeze' }
  | { type: 'crashed'; now: number; logTail: string }
  | { type: 'stop' }
  | { type: 'ended' };

/** How often an app may crash before it has to wait. */
export type CrashPolicy = { maxCrashes: number; windowMs: number };

export const asleep: AppState = { name: 'asleep', crashes: [] };

function afterCrash(state: AppState, event: { now: number; logTail: string }, policy: CrashPolicy): AppState {
  const crashes = [...state.crashes.filter((at) => at > event.now - policy.windowMs), event.now];
  if (crashes.length < policy.maxCrashes) return { name: 'asleep', crashes };
  return { name: 'crashed', crashes, logTail: event.logTail, retryAt: (crashes[0] ?? event.now) + policy.windowMs };
}

/** The state after an event; the same state where the event means nothing in it. */
export function appTransition(state: AppState, event: AppEvent, policy: CrashPolicy): AppState {
  const { crashes } = state;
  switch (`${state.name} ${event.type}`) {
    case 'asleep wanted':
      return { name: 'starting', crashes };
    case 'crashed wanted':
      return state.name === 'crashed' && event.type === 'wanted' && event.now >= state.retryAt
        ? { name: 'starting', crashes }
        : state;
    case 'running freeze':
      return { name: 'frozen', crashes };
    case 'starting healthy':
    case 'frozen wanted':
      return { name: 'running', crashes };
    case 'starting crashed':
    case 'running crashed':
    case 'frozen crashed':
      return event.type === 'crashed' ? afterCrash(state, event, policy) : state;
    case 'starting stop':
    case 'running stop':
    case 'frozen stop':
      return { name: 'stopping', crashes };
    case 'starting ended':
    case 'stopping ended':
    case 'stopping crashed':
      return { name: 'asleep', crashes };
    default:
      return state;
  }
}
