/** Lower case without accents, so that "Udělej hlavičku zelenou" is found by "hlavick" and "zelen". */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Whether a text has one of the words; each may be the beginning of a longer one. */
export function mentions(text: string, ...starts: string[]): boolean {
  const words = plain(text);
  return starts.some((start) => new RegExp(`(^|[^a-z])${start}`).test(words));
}

/** A name as an identifier: "E-mail address" → `eMailAddress`. */
export function camel(name: string): string {
  const parts = plain(name)
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');
  const joined = parts.map((part, at) => (at === 0 ? part : part[0]?.toUpperCase() + part.slice(1))).join('');
  return /^[a-z]/.test(joined) ? joined.slice(0, 40) : `field${joined}`.slice(0, 40);
}

/** The column of an identifier: `eMailAddress` → `e_mail_address`. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The first letter as a capital. */
export const capital = (text: string): string => (text[0]?.toUpperCase() ?? '') + text.slice(1);

/** A text as the inside of a TypeScript string in single quotes. */
export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
