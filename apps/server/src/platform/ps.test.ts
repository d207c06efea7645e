import { expect, test } from 'vitest';
import { cpuTimeMs, isSameStart, parsePs } from './ps.ts';

test.each([
  ['0:00.03', 30],
  ['12:34.56', 754_560],
  ['00:00:07', 7_000],
  ['2-03:04:05', 183_845_000],
])('processor time %s', (text, ms) => {
  expect(cpuTimeMs(text)).toBe(ms);
});

test.each([
  ['Sat Nov 28 15:12:12 2026', true],
  ['Sat Nov 28 15:12:13 2026', true],
  ['Sat Nov 28 15:12:11 2026', true],
  ['Sat Nov 28 15:12:16 2026', false],
  ['Sun Nov 29 15:12:12 2026', false],
  ['', false],
])('a process that began at 15:12:12, and one that began at %s: the same is %s', (mark, same) => {
  expect(isSameStart('Sat Nov 28 15:12:12 2026', mark)).toBe(same);
});

test('what macOS prints', () => {
  const text = `    1     0     1 Ss    15424   5:29.37 Fri Nov 20 08:11:02 2026
  812   801   812 S+     2048   0:00.01 Sat Nov 28 15:12:12 2026
  813   812   812 Z+        0   0:00.00 Sat Nov 28 15:12:13 2026
`;
  expect(parsePs(text)).toEqual([
    {
      ...{ pid: 1, parent: 0, group: 1, isZombie: false, memoryBytes: 15_794_176 },
      ...{ cpuMs: 329_370, mark: 'Fri Nov 20 08:11:02 2026' },
    },
    {
      ...{ pid: 812, parent: 801, group: 812, isZombie: false, memoryBytes: 2_097_152 },
      ...{ cpuMs: 10, mark: 'Sat Nov 28 15:12:12 2026' },
    },
    {
      ...{ pid: 813, parent: 812, group: 812, isZombie: true, memoryBytes: 0 },
      ...{ cpuMs: 0, mark: 'Sat Nov 28 15:12:13 2026' },
    },
  ]);
});
