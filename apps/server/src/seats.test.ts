import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ClaimTaken } from './claim.ts';
import { sharesOf } from './home.ts';
import {
  clearSeat,
  othersServe,
  readyProcess,
  sayReady,
  seatFolder,
  seatHolder,
  seatsOf,
  takeAnySeat,
  takeSeat,
} from './seats.ts';

let home: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'talkide-seats-')));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A seat as a process left it that was killed. */
function leave(seat: number): void {
  mkdirSync(join(seatFolder(home, seat), 'run'), { recursive: true });
  writeFileSync(join(seatFolder(home, seat), 'run', 'owner'), '999999999 5\nsame');
}

test('those that share something have a seat each, the first one the home itself', () => {
  const [first, second] = [takeAnySeat(home, 'same'), takeAnySeat(home, 'same')];
  expect([first.seat, second.seat]).toEqual([1, 2]);
  expect([seatFolder(home, 1), seatFolder(home, 2)]).toEqual([home, join(home, 'seats', '2')]);
  expect(seatsOf(home)).toEqual([1, 2]);
  expect(seatHolder(home, 2)).toEqual({ pid: process.pid, shares: 'same' });
});

test('a seat that is given back, or whose process died, is the next one’s', () => {
  const first = takeAnySeat(home, 'same');
  leave(2);
  takeAnySeat(home, 'same');
  first.release();
  expect(seatsOf(home)).toEqual([2]);
  expect(takeAnySeat(home, 'same').seat).toBe(1);
});

test('a successor takes the seat of the process that handed over to it, whichever others are free', () => {
  leave(3);
  expect(takeAnySeat(home, 'same', 999999999).seat).toBe(3);
  expect(takeAnySeat(home, 'same', 999999999).seat).toBe(1);
});

test('of many at the same moment, over seats of dead processes, each has one of its own', async () => {
  const module = JSON.stringify(new URL('seats.ts', import.meta.url).href);
  const program = `
    import { takeAnySeat } from ${module};
    console.log('loaded');
    process.stdin.once('data', () => console.log(takeAnySeat(${JSON.stringify(home)}, 'same').seat));`;
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '--eval', program]));
  onTestFinished(() => children.forEach((child) => void child.kill('SIGKILL')));
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  for (const seat of [1, 2, 3]) leave(seat);
  const answers = Promise.all(children.map(async ({ stdout }) => Number((await once(stdout, 'data'))[0])));
  for (const { stdin } of children) stdin.write('go');
  expect((await answers).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each([
  ['nothing to share', '', 'same'],
  ['another database', 'other', 'same'],
  ['one that shares nothing', 'same', ''],
])('there is no seat for a process with %s', (_what, mine, theirs) => {
  takeAnySeat(home, theirs);
  expect(() => takeAnySeat(home, mine)).toThrow(ClaimTaken);
  expect(seatsOf(home)).toEqual([1]);
});

test('a process that shares nothing gets no home in which another than the first seat is taken', () => {
  const first = takeAnySeat(home, 'same');
  takeAnySeat(home, 'same');
  first.release();
  expect(() => takeAnySeat(home, '')).toThrow(ClaimTaken);
  expect(seatsOf(home)).toEqual([2]);
});

test('the seat of a dead process is cleared with what is left in it; the first one leaves the home', async () => {
  leave(2);
  expect(seatHolder(home, 2)).toBeNull();
  await clearSeat(home, 2, takeSeat(home, 2, 'same'));
  expect(readdirSync(join(home, 'seats'))).toEqual([]);
  expect(existsSync(seatFolder(home, 2))).toBe(false);
  leave(1);
  writeFileSync(join(home, 'kept'), '');
  await clearSeat(home, 1, takeSeat(home, 1, 'same'));
  expect(seatsOf(home)).toEqual([]);
  expect(existsSync(join(home, 'kept'))).toBe(true);
});

test('a process serves once it says so, until the seat is another’s', () => {
  takeAnySeat(home, 'same');
  expect(readyProcess(home, 1)).toBeNull();
  sayReady(home, 1);
  expect(readyProcess(home, 1)).toBe(process.pid);
  expect([othersServe(home, 1), othersServe(home, 2)]).toEqual([false, true]);
  leave(1);
  expect(readyProcess(home, 1)).toBeNull();
});

test('only databases outside and a known address are shared, whatever the account', () => {
  const [databaseUrl, dataplaneUrl] = ['postgres://a:b@db:5432/control', 'postgres://a:b@db:5432/data'];
  const all = { databaseUrl, dataplaneUrl, publicUrl: 'https://talkide.example', secretKey: undefined };
  const shares = sharesOf(all);
  expect(shares).not.toBe('');
  for (const same of ['postgres://c:d@db:5432/control', 'postgres://db/control'])
    expect(sharesOf({ ...all, databaseUrl: same })).toBe(shares);
  for (const other of [
    { databaseUrl: 'postgres://a:b@db:5432/other' },
    { databaseUrl: 'postgres://a:b@db/control?host=/run/postgresql' },
    { publicUrl: 'https://other.example' },
    { secretKey: 'one of its own' },
  ])
    expect(sharesOf({ ...all, ...other })).not.toBe(shares);
  for (const without of ['databaseUrl', 'dataplaneUrl', 'publicUrl'])
    expect(sharesOf({ ...all, [without]: undefined })).toBe('');
});
