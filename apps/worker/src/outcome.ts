import type { SDKAssistantMessageError, SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { TurnResult } from '@talkide/contracts';

export type Outcome = Pick<TurnResult, 'outcome' | 'errorCode' | 'errorDetail'>;
type FailureCode = NonNullable<TurnResult['errorCode']>;

export const SUCCEEDED: Outcome = { outcome: 'SUCCEEDED', errorCode: null, errorDetail: null };
export const STOPPED: Outcome = { outcome: 'STOPPED', errorCode: null, errorDetail: null };

/** A failed turn with its code and what the operator may want to know. */
export function failed(errorCode: FailureCode, detail: string): Outcome {
  return { outcome: 'FAILED', errorCode, errorDetail: detail.slice(0, 4_000) };
}

const CODES: Partial<Record<SDKAssistantMessageError, FailureCode>> = {
  billing_error: 'credit_used_up',
  authentication_failed: 'model_refused',
  invalid_request: 'model_refused',
  model_not_found: 'model_refused',
  rate_limit: 'model_unavailable',
  overloaded: 'model_unavailable',
  server_error: 'model_unavailable',
};

/** What went wrong with the last model call, from the agent's messages; null when nothing did. */
export function callFailure(message: SDKMessage): SDKAssistantMessageError | null {
  return message.type === 'assistant' && message.parent_tool_use_id === null ? (message.error ?? null) : null;
}

function codeOfStatus(status: number): FailureCode {
  if (status === 402) return 'credit_used_up';
  return status >= 400 && status < 500 && status !== 429 && status !== 408 ? 'model_refused' : 'model_unavailable';
}

/** How a turn ended, from the agent's result and the last failed call. */
export function outcomeOf(result: SDKResultMessage, failure: SDKAssistantMessageError | null): Outcome {
  if (!result.is_error) return SUCCEEDED;
  const detail = result.subtype === 'success' ? result.result : result.errors.join('\n');
  const status = result.subtype === 'success' ? (result.api_error_status ?? null) : null;
  if (status !== null) return failed(codeOfStatus(status), detail);
  const known = failure === null ? undefined : CODES[failure];
  // Without a status the call got no answer: the connection failed.
  const unanswered = failure === 'unknown' ? 'model_unavailable' : 'agent_failed';
  return failed(known ?? unanswered, detail);
}
