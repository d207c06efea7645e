import { describe, expect, it } from 'vitest';
import { peekRequest, priceNames } from './request-peek.ts';

describe('peekRequest', () => {
  it('reads what the gateway must know', () => {
    const body = '{"model":"m","stream":true,"max_tokens":9,"speed":"fast","messages":[]}';
    expect(peekRequest([Buffer.from(body)])).toEqual({ model: 'm', stream: true, maxTokens: 9, speed: 'fast' });
    const unsaid = { model: 'm', stream: false, maxTokens: null, speed: 'standard' };
    expect(peekRequest([Buffer.from('{"model":"m"}')])).toEqual(unsaid);
    expect(peekRequest([Buffer.from('{"model":"m","max_tokens":"9","stream":1,"speed":null}')])).toEqual(unsaid);
  });

  it.each(['', 'x', '{}', '[]', 'null', '{"model":7}', '{"model":"","stream":true}'])('refuses %j', (body) => {
    expect(peekRequest([Buffer.from(body)])).toBeNull();
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
