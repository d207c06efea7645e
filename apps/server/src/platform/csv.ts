/** A cell of a record: people's text and names of others, or a value that we made. */
export type Cell = { text: string | null } | string | number | boolean | null;

/** What a spreadsheet would take for a formula, also behind blanks. */
const FORMULA = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/**
 * One record of RFC 4180. Text is always quoted, and an apostrophe comes before what a spreadsheet would run as a formula
 * (which a title may hold on purpose, for whoever opens the file).
 */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  if (cell.text === null) return '';
  const safe = FORMULA.test(cell.text) ? `'${cell.text}` : cell.text;
  return `"${safe.replaceAll('"', '""')}"`;
}
