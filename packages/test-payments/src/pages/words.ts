export type Language = 'en' | 'cs';

const en = {
  testMode: 'Test mode: no real money moves',
  testModeText:
    'This page plays the payment provider of TalkIDE. Use a card of the list; a real card number is refused and not kept.',
  pay: 'Pay',
  amount: 'Amount',
  number: 'Card number',
  expiry: 'Valid until (MM/YY)',
  cvc: 'Security code',
  submit: 'Pay {amount}',
  back: 'Cancel and go back',
  backDone: 'Back to TalkIDE',
  cards: 'Cards of test mode',
  cardsText: 'With any date in the future and any security code.',
  outcome: {
    paid: 'is paid',
    generic_decline: 'is declined',
    insufficient_funds: 'is declined: not enough money',
    authentication: 'asks for an authentication',
    disputed: 'is paid, and disputed right after',
  },
  error: {
    number: 'This page takes the cards of the list only. Do not type a real one.',
    expiry: 'Type a month and a year in the future, such as 12/34.',
    cvc: 'Type three digits, such as 123.',
    generic_decline: 'The card was declined. Nothing was charged; try another one.',
    insufficient_funds: 'There is not enough money on the card. Nothing was charged; try another one.',
    authentication: 'The payment was not confirmed with the bank. Nothing was charged; try again.',
  },
  bank: 'Your bank asks',
  bankText: 'Do you agree to pay {amount} to TalkIDE? A real bank would ask in its app or by a code.',
  agree: 'Agree to the payment',
  refuse: 'Refuse it',
  paid: 'Paid',
  paidText: '{amount} arrived. TalkIDE adds the credit as soon as it hears of it, usually within a second.',
  canceled: 'This payment was called off',
  canceledText: 'Nothing was charged. Begin a new top-up in TalkIDE.',
  missing: 'There is no such payment',
  missingText:
    'The address lost a part on the way, or the payment belongs to another TalkIDE. Begin again from its billing page.',
  receipt: 'Receipt',
  receiptText: 'Credit for TalkIDE',
  refunded: 'Refunded',
  date: 'Date',
  card: 'Card',
  reference: 'Reference',
  seeReceipt: 'See the receipt',
};

const cs: typeof en = {
  testMode: 'Zkušební režim: neplatí se skutečnými penězi',
  testModeText:
    'Tato stránka hraje platební službu TalkIDE. Použijte kartu ze seznamu; číslo skutečné karty odmítne a neuloží.',
  pay: 'Platba',
  amount: 'Částka',
  number: 'Číslo karty',
  expiry: 'Platnost (MM/RR)',
  cvc: 'Bezpečnostní kód',
  submit: 'Zaplatit {amount}',
  back: 'Zrušit a vrátit se',
  backDone: 'Zpět do TalkIDE',
  cards: 'Karty zkušebního režimu',
  cardsText: 'S libovolným budoucím datem a libovolným kódem.',
  outcome: {
    paid: 'se zaplatí',
    generic_decline: 'se zamítne',
    insufficient_funds: 'se zamítne: málo peněz',
    authentication: 'si vyžádá ověření',
    disputed: 'se zaplatí a hned reklamuje',
  },
  error: {
    number: 'Tato stránka bere jen karty ze seznamu. Skutečnou sem nepište.',
    expiry: 'Napište měsíc a rok v budoucnosti, třeba 12/34.',
    cvc: 'Napište tři číslice, třeba 123.',
    generic_decline: 'Karta byla zamítnuta. Nic nebylo strženo, zkuste jinou.',
    insufficient_funds: 'Na kartě není dost peněz. Nic nebylo strženo, zkuste jinou.',
    authentication: 'Platba nebyla u banky potvrzena. Nic nebylo strženo, zkuste to znovu.',
  },
  bank: 'Vaše banka se ptá',
  bankText: 'Souhlasíte s platbou {amount} pro TalkIDE? Skutečná banka by se ptala v aplikaci nebo kódem.',
  agree: 'Souhlasit s platbou',
  refuse: 'Odmítnout',
  paid: 'Zaplaceno',
  paidText: '{amount} dorazilo. TalkIDE přičte kredit, jakmile se to dozví, obvykle do vteřiny.',
  canceled: 'Tato platba byla zrušena',
  canceledText: 'Nic nebylo strženo. Začněte v TalkIDE nové dobití.',
  missing: 'Taková platba neexistuje',
  missingText: 'Adresa cestou o něco přišla, nebo platba patří jinému TalkIDE. Začněte znovu na stránce plateb.',
  receipt: 'Účtenka',
  receiptText: 'Kredit pro TalkIDE',
  refunded: 'Vráceno',
  date: 'Datum',
  card: 'Karta',
  reference: 'Číslo platby',
  seeReceipt: 'Zobrazit účtenku',
};

export const words = { en, cs };
export type Words = typeof en;

/** What the page says in a language, with an amount of cents as people write it. */
export const money = (cents: number, currency: string, language: Language): string =>
  new Intl.NumberFormat(language, {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay: 'narrowSymbol',
  }).format(cents / 100);
