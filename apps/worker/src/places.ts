export type Locale = 'en' | 'cs';

/** `EntryForm` or `entry-form` as words. */
function words(name: string): string {
  return name
    .replace(/\.[a-z.]+$/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .toLowerCase();
}

type Place = { pattern: RegExp; en(name: string): string; cs(name: string): string };

/** What a file is to a person who doesn't read code; the first match counts. Czech in the accusative. */
const PLACES: Place[] = [
  { pattern: /(^|\/)pages\/Home\.vue$/, en: () => 'the home page', cs: () => 'úvodní stránku' },
  { pattern: /(^|\/)pages\/(.+)\.vue$/, en: (n) => `the ${n} page`, cs: (n) => `stránku „${n}“` },
  { pattern: /(^|\/)components\/(.+)\.vue$/, en: (n) => `the ${n} part`, cs: (n) => `část „${n}“` },
  { pattern: /(^|\/)App\.vue$/, en: () => 'the frame of all pages', cs: () => 'rám všech stránek' },
  { pattern: /theme\.css$/, en: () => 'the colours and type', cs: () => 'barvy a písmo' },
  { pattern: /\.(css|scss)$/, en: () => 'the look', cs: () => 'vzhled' },
  { pattern: /(^|\/)texts\.ts$/, en: () => 'the texts', cs: () => 'texty' },
  { pattern: /(^|\/)router\.ts$/, en: () => 'the list of pages', cs: () => 'seznam stránek' },
  { pattern: /(^|\/)fields\.ts$/, en: () => 'the list of fields', cs: () => 'seznam polí' },
  { pattern: /\.(test|spec)\.[tj]s$/, en: (n) => `the checks of ${n}`, cs: (n) => `kontroly pro „${n}“` },
  { pattern: /(^|\/)migrations\/.+\.sql$/, en: () => 'the shape of the data', cs: () => 'podobu dat' },
  { pattern: /(^|\/)routes\/(.+)\.ts$/, en: (n) => `the server's part for ${n}`, cs: (n) => `serverovou část „${n}“` },
  { pattern: /(^|\/)server\/(.+)\.ts$/, en: () => 'the server', cs: () => 'server' },
  { pattern: /(AGENTS|README)\.md$/, en: () => "the project's notes", cs: () => 'poznámky k projektu' },
  { pattern: /(^|\/)package(-lock)?\.json$/, en: () => 'the list of parts', cs: () => 'seznam součástí' },
  { pattern: /(^|\/)index\.html$/, en: () => 'the entry page', cs: () => 'vstupní stránku' },
];

/** A file in a person's words. */
export function placeOf(path: string, locale: Locale): string {
  const place = PLACES.find(({ pattern }) => pattern.test(path));
  const name = words(
    path
      .split('/')
      .at(-1)
      ?.replace(/^\d+_/, '')
      .replace(/\.(test|spec)\.[tj]s$/, '') ?? path,
  );
  if (place) return place[locale](name);
  return locale === 'cs' ? `soubor „${path}“` : `the file ${path}`;
}
