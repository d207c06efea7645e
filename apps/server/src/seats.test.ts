import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClaimTaken } from './claim.ts';
import { sharesOf } from './home.ts';
import { clearSeat, readyProcess, sayReady, seatFolder, seatHolder, seatsOf, takeAnySeat, takeSeat } from './seats.ts';

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

test('the seat of a dead process is cleared with what is left in it; the first one leaves the home', () => {
  leave(2);
  expect(seatHolder(home, 2)).toBeNull();
  clearSeat(home, 2, takeSeat(home, 2, 'same'));
  expect(existsSync(seatFolder(home, 2))).toBe(false);
  leave(1);
  writeFileSync(join(home, 'kept'), '');
  clearSeat(home, 1, takeSeat(home, 1, 'same'));
  expect(seatsOf(home)).toEqual([]);
  expect(existsSync(join(home, 'kept'))).toBe(true);
});

test('a process serves once it says so, until the seat is another’s', () => {
  takeAnySeat(home, 'same');
  expect(readyProcess(home, 1)).toBeNull();
  sayReady(home, 1);
  expect(readyProcess(home, 1)).toBe(process.pid);
  leave(1);
  expect(readyProcess(home, 1)).toBeNull();
});

test('only databases outside and a known address are shared, whatever the account', () => {
  const [databaseUrl, dataplaneUrl] = ['postgres://a:b@db:5432/control', 'postgres://a:b@db:5432/data'];
  const publicUrl = 'https://talkide.example';
  const shares = sharesOf({ databaseUrl, dataplaneUrl, publicUrl });
  expect(shares).not.toBe('');
  expect(sharesOf({ databaseUrl: 'postgres://c:d@db:5432/control', dataplaneUrl, publicUrl })).toBe(shares);
  expect(sharesOf({ databaseUrl: 'postgres://a:b@db:5432/other', dataplaneUrl, publicUrl })).not.toBe(shares);
  expect(sharesOf({ databaseUrl, dataplaneUrl, publicUrl: 'https://other.example' })).not.toBe(shares);
  for (const without of ['databaseUrl', 'dataplaneUrl', 'publicUrl'])
    expect(sharesOf({ databaseUrl, dataplaneUrl, publicUrl, [without]: undefined })).toBe('');
});
