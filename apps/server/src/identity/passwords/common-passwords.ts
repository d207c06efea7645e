import { commonWalks } from './common-walks.ts';
import { commonWords } from './common-words.ts';

const MAX_PARTS = 3;
const MAX_WORDS = 2;
const MIN_WALK = 3;
const leet: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i' };
const wordSet = new Set(commonWords);
const longestWord = commonWords[0]?.length ?? 0;

/**
 * True when a password is one of the commonest: at most two common words, a run of the keyboard, a year or a couple of
 * digits, in any order and in leetspeak, or one short piece repeated. `own` are words about the person, such as the
 * name in front of the email's @.
 */
export function isCommonPassword(password: string, own: readonly string[] = []): boolean {
  const text = plain(password);
  const words = new Set(own.map(plain).filter((word) => word.length >= 3));
  return isRepetition(text) || coveredFrom(text, fold(text), 0, MAX_PARTS, MAX_WORDS, words);
}

/** Lower case, no diacritics, no separators: what people vary without making a guess harder. */
function plain(password: string): string {
  const base = password.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return base.replace(/[\s_-]/g, '') || base;
}

/** Undoes leetspeak sign by sign, so that positions stay the same. */
const fold = (text: string) => [...text].map((sign) => leet[sign] ?? sign).join('');

function isRepetition(text: string): boolean {
  for (let unit = 1; unit <= Math.min(6, text.length / 2); unit += 1) {
    if (
      text ===
      text
        .slice(0, unit)
        .repeat(Math.ceil(text.length / unit))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

function coveredFrom(
  text: string,
  folded: string,
  at: number,
  parts: number,
  words: number,
  own: ReadonlySet<string>,
): boolean {
  if (at === text.length) return true;
  if (parts === 0) return false;
  const rest = (end: number, spent: number) => coveredFrom(text, folded, end, parts - 1, words - spent, own);
  if (words > 0) {
    for (let end = Math.min(text.length, at + longestWord); end > at + 2; end -= 1) {
      const slice = folded.slice(at, end);
      if ((wordSet.has(slice) || own.has(slice) || own.has(text.slice(at, end))) && rest(end, 1)) return true;
    }
  }
  return fillerEnds(text, at).some((end) => rest(end, 0));
}

/** Where a part that adds next to nothing may end: a run, a repeated sign, a year, a sign or two that is no letter. */
function fillerEnds(text: string, at: number): number[] {
  const ends = new Set<number>();
  const walk = walkEnd(text, at);
  if (walk - at >= MIN_WALK) ends.add(walk);
  let same = at + 1;
  while (text[same] === text[at]) same += 1;
  if (same - at >= MIN_WALK) ends.add(same);
  const few = /^(?:(?:19|20)\d\d|[^a-z]{1,2}|[a-z](?=[^a-z]|$))/.exec(text.slice(at));
  if (few) ends.add(at + few[0].length);
  if (/^[^a-z]/.test(text.slice(at))) ends.add(at + 1);
  return [...ends];
}

function walkEnd(text: string, at: number): number {
  let end = at + MIN_WALK;
  if (end > text.length) return at;
  const inOne = () => commonWalks.some((line) => line.includes(text.slice(at, end)));
  while (end <= text.length && inOne()) end += 1;
  return end - 1;
}
