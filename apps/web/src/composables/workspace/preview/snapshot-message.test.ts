import { describe, expect, it } from 'vitest';
import { snapshotImage } from './snapshot-message';

const message = (image: unknown) => ({ source: 'talkide-app', type: 'snapshot', image });

describe('snapshotImage', () => {
  it('reads the picture and what it is', () => {
    const webp = snapshotImage(message(new TextEncoder().encode('RIFF').buffer));
    expect([webp?.type, webp?.size]).toEqual(['image/webp', 4]);
    expect(snapshotImage(message(new Uint8Array([0x89, 0x50]).buffer))?.type).toBe('image/png');
  });
  it.each([
    ['nothing', null],
    ['another message', { source: 'talkide-app', type: 'navigate', path: '/' }],
    ['a message of somebody else', { ...message(new ArrayBuffer(4)), source: 'x' }],
    ['text', message('RIFF')],
    ['an empty picture', message(new ArrayBuffer(0))],
    ['too large a picture', message(new ArrayBuffer(300 * 1024 + 1))],
  ])('takes nothing else: %s', (_what, data) => expect(snapshotImage(data)).toBeNull());
});
