import type { SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { describe, expect, it } from 'vitest';
import { callFailure, outcomeOf } from './outcome.ts';

const success = (more = {}) =>
  ({ type: 'result', subtype: 'success', is_error: false, result: 'ok', ...more }) as SDKResultMessage;
const refused = (status: number | null) => success({ is_error: true, api_error_status: status, result: 'API Error' });

describe('how a turn ended', () => {
  it.each([
    [402, 'credit_used_up'],
    [401, 'model_refused'],
    [403, 'model_refused'],
    [400, 'model_refused'],
    [408, 'model_unavailable'],
    [429, 'model_unavailable'],
    [529, 'model_unavailable'],
  ])('%i is %s', (status, code) => {
    expect(outcomeOf(refused(status), null)).toMatchObject({ outcome: 'FAILED', errorCode: code });
  });

  it('goes by the failed call where there is no status', () => {
    expect(outcomeOf(refused(null), 'billing_error').errorCode).toBe('credit_used_up');
    expect(outcomeOf(refused(null), 'unknown').errorCode).toBe('model_unavailable');
    const broken = { type: 'result', subtype: 'error_during_execution', is_error: true, errors: ['boom'] };
    expect(outcomeOf(broken as SDKResultMessage, null)).toMatchObject({
      errorCode: 'agent_failed',
      errorDetail: 'boom',
    });
    expect(outcomeOf(success(), null).outcome).toBe('SUCCEEDED');
  });

  it('takes the failure of Mara only', () => {
    const message = { type: 'assistant', parent_tool_use_id: null, error: 'overloaded' } as SDKMessage;
    expect(callFailure(message)).toBe('overloaded');
    expect(callFailure({ ...message, parent_tool_use_id: 'task1' } as SDKMessage)).toBeNull();
  });
});
