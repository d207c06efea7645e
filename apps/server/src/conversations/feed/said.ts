const normal = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Whether a stored text is the end of a live one: the same words, though either may be cut short. */
export function covers(stored: string, live: string): boolean {
  const a = normal(stored).replace(/…$/, '');
  const b = normal(live);
  return b === '' || (a !== '' && (a.startsWith(b) || b.startsWith(a)));
}
