import type { TestCard } from './provider/cards.ts';

/** What goes wrong, once each, at the first call that fits; for tests. */
export type Fault =
  /** The next payment is declined whatever the card. */
  | { kind: 'decline'; declineCode: string }
  /** A call is answered with this status before anything is done. `on`: such as `POST payment_intents`. */
  | { kind: 'status'; on: string; status: number }
  /** The connection is closed after the work was done. */
  | { kind: 'lost_answer'; on: string };

/** Takes the first fault that fits off the list. */
export function takeFault<K extends Fault['kind']>(
  faults: Fault[],
  kind: K,
  fits: (fault: Extract<Fault, { kind: K }>) => boolean,
): Extract<Fault, { kind: K }> | null {
  const isIt = (fault: Fault): fault is Extract<Fault, { kind: K }> =>
    fault.kind === kind && fits(fault as Extract<Fault, { kind: K }>);
  const found = faults.find(isIt);
  if (found) faults.splice(faults.indexOf(found), 1);
  return found ?? null;
}

/** The card, or one that is declined where a test wants that. */
export function scriptedCard(faults: Fault[], card: TestCard): TestCard {
  const fault = takeFault(faults, 'decline', () => true);
  if (!fault) return card;
  const message = 'Your card was declined.';
  return { ...card, outcome: { kind: 'declined', code: 'card_declined', declineCode: fault.declineCode, message } };
}
