/** Text that PostgreSQL takes: no NUL, no torn surrogate pair. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** The same for every text and key in a JSON value. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleanText(key), cleanJson(one)]));
}
