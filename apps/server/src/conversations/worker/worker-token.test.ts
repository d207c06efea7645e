import { describe, expect, it } from 'vitest';
import { createSecrets } from '../../platform/secrets.ts';
import { verifyWorkerToken, workerToken } from './worker-token.ts';

const secrets = createSecrets('a secret of at least thirty-two characters');

describe('worker token', () => {
  it('speaks for one environment', () => {
    expect(verifyWorkerToken(secrets, workerToken(secrets, '17'))).toBe('17');
  });

  it.each(['', 'tkw_', 'tkw_17_', `tkw_18_${workerToken(secrets, '17').slice(7)}`, `${workerToken(secrets, '17')}0`])(
    'refuses %j',
    (token) => expect(verifyWorkerToken(secrets, token)).toBeNull(),
  );

  it('refuses a token of another platform', () => {
    const other = createSecrets('another secret of at least thirty-two characters');
    expect(verifyWorkerToken(secrets, workerToken(other, '17'))).toBeNull();
  });
});
