import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LiveText, WorkerEvent } from '@talkide/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlClient, LeaseLost } from './control-client.ts';
import { mergeLive, startDelivery } from './delivery.ts';
import { openSpool, type Spool } from './spool.ts';

let home: string;
let spool: Spool;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'talkide-delivery-'));
  spool = openSpool(home, '5', randomUUID());
});
afterEach(() => rmSync(home, { recursive: true }));

const message = (seq: number): WorkerEvent => ({ type: 'message', seq, content: `${seq}`, question: null });
const piece = (offset: number, text: string, block = 1): LiveText => ({ agentRole: 'talkide-pm', block, offset, text });
const done = () => ({
  leaseToken: spool.leaseToken,
  outcome: 'SUCCEEDED' as const,
  errorCode: null,
  errorDetail: null,
  lastSeq: 3,
});

/** A control plane that takes at most `most` events of a delivery and notes what came. */
function client(most: number, note: { seqs: number[]; results: number; live: string[] }): ControlClient {
  let acked = 0;
  const unused = () => Promise.reject(new Error('not part of this test'));
  return {
    claim: unused,
    heartbeat: unused,
    sendLost: unused,
    look: unused,
    packages: unused,
    close: () => undefined,
    async sendEvents(_turnId, { events, live }) {
      for (const event of events.slice(0, most)) {
        note.seqs.push(event.seq);
        acked = event.seq;
      }
      note.live.push(...live.map((each) => each.text));
      return { ackedSeq: acked, stop: false };
    },
    async sendResult() {
      note.results += 1;
    },
  };
}

describe('delivery', () => {
  it('sends what was not taken again, in order, and the result last', async () => {
    const note = { seqs: [] as number[], results: 0, live: [] as string[] };
    const quiet = { onStop: () => undefined, onFailed: () => undefined };
    const delivery = startDelivery({ client: client(1, note), spool, ackedSeq: 0, ...quiet });
    delivery.events([message(1), message(2)]);
    delivery.live([piece(0, 'a'), piece(1, 'b')]);
    delivery.events([message(3)]);
    await delivery.finish(done());
    expect(note).toEqual({ seqs: [1, 2, 3], results: 1, live: ['ab'] });
  });

  it('says so when the lease is lost, and keeps the spool', async () => {
    const lost = {
      ...client(1, { seqs: [], results: 0, live: [] }),
      sendEvents: () => Promise.reject(new LeaseLost('gone')),
    };
    const failures: unknown[] = [];
    const delivery = startDelivery({
      client: lost,
      spool,
      ackedSeq: 0,
      onStop: () => undefined,
      onFailed: (error) => failures.push(error),
    });
    delivery.events([message(1)]);
    await expect(delivery.finish(done())).rejects.toBeInstanceOf(LeaseLost);
    expect(failures[0]).toBeInstanceOf(LeaseLost);
    expect(spool.after(0)).toEqual([message(1)]);
  });
});

describe('live text that waits', () => {
  it('is merged where it goes on, and kept apart where it does not', () => {
    const waiting = [piece(0, 'He'), piece(2, 'llo'), piece(0, 'Hi'), piece(0, 'New', 2)].reduce(mergeLive, []);
    expect(waiting).toEqual([piece(0, 'Hello'), piece(0, 'Hi'), piece(0, 'New', 2)]);
  });
});
