import { describe, expect, it } from 'vitest';
import { appMessage } from './app-message';

describe('appMessage', () => {
  it('reads what the template reports', () => {
    expect(appMessage({ source: 'talkide-app', type: 'navigate', path: '/a' })).toEqual({
      type: 'navigate',
      path: '/a',
    });
    expect(appMessage({ source: 'talkide-app', type: 'error', message: 'no' })).toEqual({
      type: 'error',
      message: 'no',
    });
  });
  it.each([
    null,
    'x',
    { type: 'navigate', path: '/' },
    { source: 'talkide-app', type: 'navigate', path: 3 },
    { source: 'talkide-app' },
  ])('takes nothing else: %j', (data) => expect(appMessage(data)).toBeNull());
});
