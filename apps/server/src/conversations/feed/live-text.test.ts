import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveTextBuffer } from './live-text.ts';

const where = { projectId: '7', turnId: '9', agentRole: 'talkide-pm' as const };
const delta = (block: number, offset: number, text: string) => ({
  type: 'text.delta' as const,
  ...where,
  block,
  offset,
  text,
});
const end = (block: number) => ({ type: 'text.snapshot' as const, ...where, block, text: '' });

describe('LiveTextBuffer', () => {
  it('gives the text from its start, whatever pieces it came in and however often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        (pieces, twice) => {
          const buffer = new LiveTextBuffer();
          let offset = 0;
          for (const piece of pieces) {
            buffer.take(delta(1, offset, piece));
            if (twice) buffer.take(delta(1, offset, piece));
            offset += piece.length;
          }
          expect(buffer.snapshots('7')).toEqual([{ type: 'text.snapshot', ...where, block: 1, text: pieces.join('') }]);
        },
      ),
    );
  });

  it('keeps blocks and projects apart', () => {
    const buffer = new LiveTextBuffer();
    buffer.take(delta(1, 0, 'one'));
    buffer.take(delta(2, 0, 'two'));
    buffer.take({ ...delta(1, 0, 'other'), projectId: '8', turnId: '10' });
    expect(buffer.snapshots('7').map((one) => one.text)).toEqual(['one', 'two']);
    expect(buffer.unfinishedText('9', 'talkide-pm')).toBe('one\n\ntwo');
    expect(buffer.snapshots('6')).toEqual([]);
  });

  it('leaves out a block that it heard from the middle only', () => {
    const buffer = new LiveTextBuffer();
    buffer.take(delta(1, 5, 'middle'));
    expect(buffer.snapshots('7')).toEqual([]);
  });

  it('forgets a block that ended and a turn that ended', () => {
    const buffer = new LiveTextBuffer();
    buffer.take(delta(1, 0, 'one'));
    buffer.take(delta(2, 0, 'two'));
    buffer.take(end(1));
    expect(buffer.openBlocks('9')).toMatchObject([{ block: 2 }]);
    buffer.forget('9');
    expect(buffer.snapshots('7')).toEqual([]);
  });
});
