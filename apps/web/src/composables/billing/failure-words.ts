const KNOWN = ['card_declined', 'insufficient_funds', 'expired_card', 'incorrect_cvc', 'canceled'] as const;

/** Key of the sentence that says why a payment did not go through. */
export function failureKey(
  code: string | null,
): `billing.failure.${(typeof KNOWN)[number] | 'authentication' | 'other'}` {
  if (code && /authentication/.test(code)) return 'billing.failure.authentication';
  const known = KNOWN.find((one) => one === code);
  return `billing.failure.${known ?? 'other'}`;
}
