import { describe, expect, it } from 'vitest';
import { peekRequest, priceNames } from './request-peek.ts';

describe('peekRequest', () => {
  it('reads the model and whether it streams', () => {
    expect(peekRequest(Buffer.from('{"model":"m","stream":true,"max_tokens":9,"messages":[]}'))).toEqual({
      model: 'm',
      stream: true,
    });
    expect(peekRequest(Buffer.from('{"model":"m"}'))).toEqual({ model: 'm', stream: false });
  });

  it.each(['', 'x', '{}', '[]', 'null', '{"model":7}', '{"model":"","stream":true}'])('refuses %j', (body) => {
    expect(peekRequest(Buffer.from(body))).toBeNull();
  });
});

describe('priceNames', () => {
  it('tries the name as asked, then without suffix, then without date', () => {
    expect(priceNames('claude-haiku-4-5')).toEqual(['claude-haiku-4-5']);
    expect(priceNames('claude-haiku-4-5-20251001')).toEqual(['claude-haiku-4-5-20251001', 'claude-haiku-4-5']);
    expect(priceNames('claude-sonnet-4-5-20250929[1m]')).toEqual([
      'claude-sonnet-4-5-20250929[1m]',
      'claude-sonnet-4-5-20250929',
      'claude-sonnet-4-5',
    ]);
  });
});
