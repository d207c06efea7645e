/**
 * Where in a text PostgreSQL found a fault. It counts whole characters from 1, in the statement without the blanks around
 * it; JavaScript counts halves of some from 0.
 */
export function placeOfError(text: string, position: unknown): number | null {
  if (typeof position !== 'number') return null;
  const before = text.length - text.trimStart().length;
  return before + [...text.trim()].slice(0, position - 1).join('').length;
}
