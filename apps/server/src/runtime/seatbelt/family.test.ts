import { expect, test } from 'vitest';
import type { PsRow } from '../../platform/ps.ts';
import { Family } from './family.ts';

const row = (pid: number, parent: number, group: number, more: Partial<PsRow> = {}): PsRow => ({
  ...{ pid, parent, group, isZombie: false, memoryBytes: 100, cpuMs: 10, mark: `m${pid}` },
  ...more,
});
const host = [row(1, 0, 1), row(50, 1, 50), row(process.pid, 50, 50)];
const pids = (family: Family) => family.members.map(({ pid }) => pid).sort((a, b) => a - b);
const started = () => new Family([{ pid: 100, mark: 'm100' }], [100]);

test('children, their children, and what is in their groups', () => {
  const family = started();
  const rows = [
    ...host,
    row(103, 102, 102),
    row(102, 100, 102),
    row(100, process.pid, 100),
    row(101, 1, 100),
    row(104, 1, 102),
  ];
  expect(family.update(rows)).toBe(true);
  expect(pids(family)).toEqual([100, 101, 102, 103, 104]);
  expect(family.update(rows)).toBe(false);
  expect(family.usage()).toEqual({ memoryBytes: 500, cpuMs: 50, pids: 5 });
});

test('one that lost its parent after it was seen, in a group of its own, is still known, and so are its children', () => {
  const family = started();
  family.update([...host, row(100, process.pid, 100), row(102, 100, 102)]);
  family.update([...host, row(102, 1, 102), row(105, 102, 105)]);
  expect(pids(family)).toEqual([102, 105]);
  // Processor time of those that ended counts on.
  expect(family.usage().cpuMs).toBe(30);
});

test('a later process of the same id, or a group of the same id, is not of it', () => {
  const family = started();
  family.update([...host, row(100, process.pid, 100)]);
  family.update([...host, row(100, 1, 100, { mark: 'later' }), row(106, 100, 100)]);
  expect(pids(family)).toEqual([]);
  family.update([...host, row(107, 1, 100)]);
  expect(pids(family)).toEqual([]);
});

test('zombies have ended; the platform is never of it', () => {
  const family = started();
  family.update([...host, row(100, process.pid, 50), row(102, 100, 102, { isZombie: true })]);
  expect(pids(family)).toEqual([]);
});

test('of a note only the processes that it names, and what they started', () => {
  const family = new Family([
    { pid: 100, mark: 'm100' },
    { pid: 102, mark: 'm102' },
  ]);
  family.update([...host, row(100, 1, 100, { mark: 'later' }), row(102, 1, 102), row(103, 102, 103)]);
  expect(pids(family)).toEqual([102, 103]);
});

test('a process whose start `ps` tells a second later than before is the same one', () => {
  const [mark, later] = ['Sat Nov 28 15:12:12 2026', 'Sat Nov 28 15:12:13 2026'];
  const family = new Family([{ pid: 100, mark }], [100]);
  family.update([...host, row(100, process.pid, 100, { mark: later }), row(101, 100, 101)]);
  expect(pids(family)).toEqual([100, 101]);
});
