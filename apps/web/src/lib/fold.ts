/** Lower case without diacritics, for finding things: "Účet" → "ucet". */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
