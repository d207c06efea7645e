import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { allHandled, books, creditRig, newPerson, payByCard } from '../testing/rig.ts';
import { askForReplay } from './replay.ts';

const { db } = await testDatabase();
const rig = await creditRig(db);
const { app, provider } = rig;
afterEach(() => provider.webhooks.resume());

describe('every event three times, in any order', () => {
  interface Story {
    declinedFirst: boolean;
    authentication: boolean;
    refunds: { cents: number; failed: boolean }[];
    dispute: 'none' | 'open' | 'won' | 'lost' | 'inquiry';
    ending: 'paid' | 'open';
  }
  /** What may happen to a top-up after it was begun. */
  const story: fc.Arbitrary<Story> = fc.record({
    declinedFirst: fc.boolean(),
    authentication: fc.boolean(),
    refunds: fc.array(fc.record({ cents: fc.integer({ min: 1, max: 600 }), failed: fc.boolean() }), { maxLength: 3 }),
    dispute: fc.constantFrom('none', 'open', 'won', 'lost', 'inquiry'),
    ending: fc.constantFrom('paid', 'paid', 'open'),
  });

  async function live({ declinedFirst, authentication, refunds, dispute, ending }: Story) {
    const person = await newPerson(rig);
    const { payment } = (await person.begin('20')).body;
    if (declinedFirst) await payByCard(rig, payment.cardPageUrl, '4000000000000002');
    if (authentication) {
      const next = await payByCard(rig, payment.cardPageUrl, '4000002500003155');
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await app.inject({
        method: 'POST',
        url: next.replace('?', '/authentication?'),
        headers,
        payload: 'answer=refuse',
      });
    }
    if (ending === 'open') return person;
    await payByCard(rig, payment.cardPageUrl);
    const charge = provider.intents().find((one) => one.client_secret === payment.clientSecret)?.latest_charge ?? '';
    for (const { cents, failed } of refunds) {
      const refund = provider.act.refund(charge, { amount: cents, pending: failed });
      if (failed) provider.act.settleRefund(refund.id, 'failed');
    }
    if (dispute !== 'none') {
      const opened = provider.act.dispute(charge, dispute === 'inquiry');
      if (dispute === 'won' || dispute === 'lost') provider.act.closeDispute(opened.id, dispute);
    }
    return person;
  }

  /** What the books should say, worked out another way. */
  function expected({ declinedFirst, authentication, refunds, dispute, ending }: Story) {
    if (ending === 'open') {
      return { credit: 500, kinds: ['STARTING'], status: declinedFirst || authentication ? 'FAILED' : 'PENDING' };
    }
    const refunded = refunds.reduce((sum, { cents, failed }) => sum + (failed ? 0 : cents), 0);
    const isTaken = dispute === 'open' || dispute === 'lost';
    const kindsOfDispute = {
      none: [],
      inquiry: [],
      open: ['DISPUTE'],
      lost: ['DISPUTE'],
      won: ['DISPUTE', 'DISPUTE_WON'],
    };
    const kindsOfRefunds = refunds.flatMap(({ failed }) => (failed ? ['REFUND', 'REFUND_FAILED'] : ['REFUND']));
    return {
      credit: isTaken ? 500 : 2500 - refunded,
      kinds: ['STARTING', 'TOP_UP', ...kindsOfRefunds, ...kindsOfDispute[dispute]].sort(),
      status: 'SUCCEEDED',
    };
  }

  async function found(userId: string) {
    const { credit, entries, topUps } = await books(db, userId);
    const cents = Math.round(Number(credit) * 100);
    return { credit: cents, kinds: entries.map(({ kind }) => kind).sort(), status: topUps[0]?.status };
  }

  it('leave the books that they would leave one by one', async () => {
    const stories = fc.array(story, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(stories, fc.infiniteStream(fc.integer()), async (lives, dice) => {
        provider.webhooks.hold();
        // Events of earlier runs are handled already: without them a replay of all is short.
        await db.system((tx) => tx.deleteFrom('stripe_webhook_events').execute());
        const known = new Set(provider.events().map(({ id }) => id));
        const people: string[] = [];
        for (const one of lives) people.push((await live(one)).userId);
        const ids = provider.events().flatMap(({ id }) => (known.has(id) ? [] : [id, id, id]));
        const shuffled = ids.map((id) => ({ id, at: dice.next().value })).sort((a, b) => a.at - b.at);
        for (const { id } of shuffled) expect(await provider.webhooks.send(id)).toBe(200);
        await allHandled(db, rig, { sent: true });
        const after = await Promise.all(people.map(found));
        expect(after).toEqual(lives.map(expected));
        // And once more, all of them, from the stored rows.
        await askForReplay(db, { all: true });
        await rig.topUps.handleDue();
        expect(await Promise.all(people.map(found))).toEqual(after);
      }),
      { numRuns: 15 },
    );
  });

  it('may come while things happen or when all is over: the books are the same', async () => {
    const refunds = [
      { cents: 300, failed: true },
      { cents: 500, failed: false },
    ];
    const eventful: Story = { declinedFirst: true, authentication: true, refunds, dispute: 'won', ending: 'paid' };
    const { userId } = await live(eventful);
    await allHandled(db, rig);
    expect(await found(userId)).toEqual(expected(eventful));
  });
});
