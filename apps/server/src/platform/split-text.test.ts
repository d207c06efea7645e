import type { LiveEvent } from '@talkide/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitText } from './split-text.ts';

const MAX_BYTES = 7_500;
const wire = (part: LiveEvent) => JSON.stringify({ t: '9'.repeat(19), p: part.projectId, e: part });
const ids = { projectId: '9'.repeat(19), turnId: '9'.repeat(19) };
const delta = (text: string, offset: number): LiveEvent => ({
  ...{ type: 'text.delta', ...ids, agentRole: 'talkide-backend-dev', block: 1_000_000, offset, text },
});
/** Long texts of every kind: plain, escaped, wide, astral, with halves of pairs. */
const texts = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('a', '"', '\\', '\n', '\u0001', 'ř', '漢', '😀', '\ud83d', '\ude00'),
      ),
      fc.integer({ min: 1, max: 4_000 }),
    ),
    { maxLength: 4 },
  )
  .map((pieces) =>
    pieces.map(([text, times]) => text.repeat(Math.min(times, 1 + 20_000 / (text.length || 1)))).join(''),
  );

test('parts fit a notification, join to the text without a gap, and tear no pair that was whole', () => {
  fc.assert(
    fc.property(texts, fc.nat(), (text, offset) => {
      const parts = splitText(delta(text, offset)) as Extract<LiveEvent, { type: 'text.delta' }>[];
      let joined = '';
      for (const part of parts) {
        expect(Buffer.byteLength(wire(part))).toBeLessThanOrEqual(MAX_BYTES);
        expect(part.offset).toBe(offset + joined.length);
        joined += part.text;
        const torn = /[\ud800-\udbff]$/.test(part.text) && /^[\udc00-\udfff]/.test(text.slice(joined.length));
        expect(torn).toBe(false);
      }
      expect(joined).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test('short texts, and events without text, stay one', () => {
  expect(splitText(delta('', 5))).toEqual([delta('', 5)]);
  const cost: LiveEvent = { type: 'turn.cost', ...ids, costUsd: '0.1', inputTokens: 1, outputTokens: 2 };
  expect(splitText(cost)).toEqual([cost]);
});
