/** A fault for one call, or for every call that `when` matches. */
export type Fault = {
  /** Calls it applies to, counted from 1 over all message calls; without it every call. */
  calls?: number[];
  /** Only calls of the agent with this role. */
  role?: string;
} & (
  | { kind: 'status'; status: number; type: string; message: string; headers?: Record<string, string> }
  /** An error event in the middle of the stream. */
  | { kind: 'stream_error'; afterEvents: number; type: string; message: string }
  /** The connection is cut after that many events. */
  | { kind: 'cut'; afterEvents: number }
  /** Milliseconds before each event. */
  | { kind: 'slow'; eventMs: number }
  /** The bytes arrive in chunks of this size, wherever that cuts. */
  | { kind: 'chunks'; bytes: number }
  /** No answer until the client leaves. */
  | { kind: 'hang' }
);

const ofStatus = (status: number, type: string, message: string, headers?: Record<string, string>) =>
  ({ kind: 'status', status, type, message, ...(headers ? { headers } : {}) }) as const;

/** The failures that clients must live with, by name. */
export const FAULTS = {
  rateLimited: ofStatus(429, 'rate_limit_error', 'Too many requests.', { 'retry-after': '0' }),
  overloaded: ofStatus(529, 'overloaded_error', 'Overloaded.', { 'retry-after': '0' }),
  creditUsedUp: ofStatus(402, 'billing_error', 'The credit is used up.', { 'x-should-retry': 'false' }),
  forbidden: ofStatus(403, 'permission_error', 'This model is not allowed.'),
  streamError: { kind: 'stream_error', afterEvents: 3, type: 'overloaded_error', message: 'Overloaded.' },
  cut: { kind: 'cut', afterEvents: 4 },
} as const satisfies Record<string, Fault>;

/** The fault of a call, null when it is to be served properly. */
export function faultOf(faults: Fault[], call: number, role: string | null): Fault | null {
  return (
    faults.find(
      (fault) =>
        (fault.calls === undefined || fault.calls.includes(call)) && (fault.role === undefined || fault.role === role),
    ) ?? null
  );
}
