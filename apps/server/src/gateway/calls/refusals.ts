import type { RefusalReason } from '../ports.ts';

/** A refusal of the gateway itself, in Anthropic's error form so that the agent understands it. */
export interface Refusal {
  status: number;
  type: string;
  message: string;
  /** False where trying again is senseless; the agent then stops at once. */
  retry: boolean;
}

const refusal = (status: number, type: string, message: string, retry = false): Refusal => ({
  status,
  type,
  message,
  retry,
});

const HALTS: Readonly<Record<Exclude<RefusalReason, 'TURNS_OFF'>, string>> = {
  NO_CREDIT: 'The credit does not cover this call. Top it up to go on.',
  MONTHLY_LIMIT: 'The limit of this month is reached. Raise it to go on.',
  PROJECT_CAP: "The project's cap of this month is reached. Raise it to go on.",
  TURN_CAP: 'The turn has reached its cap.',
  FAIR_USE: 'The calls of today are used up. Go on tomorrow.',
};

export const refusals = {
  unauthenticated: refusal(
    401,
    'authentication_error',
    'This turn has ended, or its token is not known. Start a new turn.',
  ),
  turnsOff: (reason: string) =>
    refusal(403, 'permission_error', `The operator has paused the agents. ${reason}`.trim()),
  halted: (reason: Exclude<RefusalReason, 'TURNS_OFF'>) => refusal(402, 'billing_error', HALTS[reason]),
  stopping: refusal(503, 'overloaded_error', 'The platform is restarting.', true),
  databaseAway: refusal(503, 'overloaded_error', 'The database of the platform does not answer at the moment.', true),
  diskFull: refusal(503, 'overloaded_error', 'The disk of the platform is full.', true),
  notFound: refusal(404, 'not_found_error', 'The gateway has no such address.'),
  malformed: refusal(
    400,
    'invalid_request_error',
    'The body is not a Messages API request that names one model, once.',
  ),
  tooLarge: refusal(413, 'request_too_large', 'The request is larger than 32 MB.'),
  unknownModel: (model: string) =>
    refusal(404, 'not_found_error', `model: ${model} has no price here. The operator can add one.`),
  keyRefused: refusal(
    403,
    'permission_error',
    'The model API refused the key of this platform. The operator must check TALKIDE_MODEL_API_KEY.',
  ),
  unreachable: refusal(502, 'api_error', 'The model API cannot be reached.', true),
  timedOut: refusal(504, 'timeout_error', 'The model API did not answer in time.', true),
  broken: refusal(502, 'api_error', 'The answer of the model API was cut off.', true),
  internal: refusal(500, 'api_error', 'The gateway failed.', true),
} as const;

/** The body of a refusal. */
export function refusalBody({ type, message }: Refusal, requestId: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId });
}

/** The headers of a refusal, names and values by turns. */
export function refusalHeaders({ retry }: Refusal, requestId: string): string[] {
  return ['content-type', 'application/json', 'request-id', requestId, 'x-should-retry', String(retry)];
}
