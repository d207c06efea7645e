/** What happens when a card is charged. */
export type CardOutcome =
  | { kind: 'paid' }
  | { kind: 'disputed' }
  | { kind: 'authentication' }
  | { kind: 'declined'; code: string; declineCode?: string; message: string };

export interface TestCard {
  number: string;
  /** The name that Stripe gives it as a payment method in test mode. */
  token: string;
  outcome: CardOutcome;
}

const declined = (declineCode: string, message: string): CardOutcome => ({
  kind: 'declined',
  code: 'card_declined',
  declineCode,
  message,
});

/** The cards of test mode; the numbers are Stripe's. */
export const testCards: readonly TestCard[] = [
  { number: '4242424242424242', token: 'pm_card_visa', outcome: { kind: 'paid' } },
  {
    number: '4000000000000002',
    token: 'pm_card_chargeDeclined',
    outcome: declined('generic_decline', 'Your card was declined.'),
  },
  {
    number: '4000000000009995',
    token: 'pm_card_chargeDeclinedInsufficientFunds',
    outcome: declined('insufficient_funds', 'Your card has insufficient funds.'),
  },
  { number: '4000002500003155', token: 'pm_card_authenticationRequired', outcome: { kind: 'authentication' } },
  { number: '4000000000000259', token: 'pm_card_createDispute', outcome: { kind: 'disputed' } },
];

export const cardByNumber = (number: string): TestCard | undefined =>
  testCards.find((card) => card.number === number.replaceAll(/[\s-]/g, ''));
export const cardByToken = (token: string): TestCard | undefined => testCards.find((card) => card.token === token);
