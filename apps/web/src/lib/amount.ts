/** What was typed as US dollars ("25", "25,50", "$ 1 000") as a decimal string; null where it is no amount to the cent. */
export function readAmount(text: string): string | null {
  const plain = text.replace(/[\s\u00a0\u202f]|USD|\$/gi, '').replace(',', '.');
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? plain : null;
}
