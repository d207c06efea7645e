/** Letters that Unicode does not decompose into a base letter and marks, and the Cyrillic alphabet. */
const letters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: 'ye',
  ж: 'zh',
  з: 'z',
  и: 'y',
  і: 'i',
  ї: 'yi',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
};

const LONGEST = 63;
/** Room for a suffix: proposals stay well below what a label may have. */
const PROPOSED = 48;
const FALLBACK = 'app';

/** A DNS label that suits a name: `Kniha hostů` → `kniha-hostu`. Always a valid label. */
export function proposeSlug(name: string): string {
  const latin = [...name.normalize('NFC').toLowerCase()]
    .map((letter) => letters[letter] ?? letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .join('');
  const label = latin
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, PROPOSED)
    .replace(/^-+|-+$/g, '');
  return isLabel(label) ? label : FALLBACK;
}

/**
 * Letters, digits and inner hyphens, as DNS has it. Refused besides: `ab--…` (reserved for internationalised names) and
 * the form of a UUID, which is what preview addresses look like.
 */
export function isLabel(slug: string): boolean {
  return (
    slug.length <= LONGEST &&
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(slug) &&
    slug.slice(2, 4) !== '--' &&
    !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(slug)
  );
}

/** `base-2` and the like; shortened where needed so that the whole stays a label. */
export function withSuffix(base: string, number: number): string {
  const suffix = `-${number}`;
  return base.slice(0, LONGEST - suffix.length).replace(/-+$/, '') + suffix;
}
