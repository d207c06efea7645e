import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerEvent } from '@talkide/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftSpools, openSpool } from './spool.ts';

let home: string;
const lease = randomUUID();
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'talkide-spool-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const message = (seq: number): WorkerEvent => ({ type: 'message', seq, content: `Message ${seq}`, question: null });
const result = { leaseToken: lease, outcome: 'SUCCEEDED' as const, errorCode: null, errorDetail: null, lastSeq: 2 };
const folder = () => join(home, '.talkide', 'spool');

describe('the spool of a turn', () => {
  it('is found again by the next process, with the result', () => {
    const spool = openSpool(home, '5', lease);
    spool.append(message(1));
    spool.append(message(2));
    spool.finish(result);
    const [left, ...others] = leftSpools(home);
    expect(others).toEqual([]);
    expect(left).toMatchObject({ turnId: '5', leaseToken: lease });
    expect(left?.after(1)).toEqual([message(2)]);
    expect(left?.result()).toEqual(result);
    left?.remove();
    expect(leftSpools(home)).toEqual([]);
  });

  it('goes on in a home that was removed under it', () => {
    const removed = mkdtempSync(join(tmpdir(), 'talkide-removed-'));
    const program = `
      import { rmSync } from 'node:fs';
      import { openSpool } from ${JSON.stringify(new URL('spool.ts', import.meta.url).href)};
      process.chdir(${JSON.stringify(removed)});
      rmSync(${JSON.stringify(removed)}, { recursive: true });
      const spool = openSpool('/proc/self/cwd', '5', '${lease}');
      spool.append(${JSON.stringify(message(1))});
      console.log(spool.after(0).length);`;
    const options = { encoding: 'utf8', timeout: 30_000 } as const;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], options)).toBe('1\n');
  });

  it('goes on while the disk is full, and writes what waits when there is room', () => {
    mkdirSync(folder(), { recursive: true });
    const file = join(folder(), `5.${lease}.jsonl`);
    // Takes nothing and says ENOSPC.
    symlinkSync('/dev/full', file);
    const spool = openSpool(home, '5', lease);
    spool.append(message(1));
    expect(spool.after(0)).toEqual([message(1)]);
    rmSync(file);
    spool.append(message(2));
    expect(leftSpools(home)[0]?.after(0)).toEqual([message(1), message(2)]);
  });

  it('takes a line that was written twice once', () => {
    const spool = openSpool(home, '5', lease);
    for (const seq of [1, 2, 1, 2, 3]) spool.append(message(seq));
    expect(
      leftSpools(home)[0]
        ?.after(0)
        .map(({ seq }) => seq),
    ).toEqual([1, 2, 3]);
  });

  it('loses only the line that was torn', () => {
    const spool = openSpool(home, '5', lease);
    spool.append(message(1));
    appendFileSync(join(folder(), readdirSync(folder())[0] ?? ''), '{"kind":"event","event":{"type":"mess');
    expect(leftSpools(home)[0]?.after(0)).toEqual([message(1)]);
  });

  it('clears away a file without a lease', () => {
    openSpool(home, '5', lease).remove();
    appendFileSync(join(folder(), 'broken.jsonl'), 'nonsense\n');
    expect(leftSpools(home)).toEqual([]);
    expect(readdirSync(folder())).toEqual([]);
  });
});
