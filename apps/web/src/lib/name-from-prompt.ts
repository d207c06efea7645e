const OPENINGS =
  /^(?:(?:please|hi|hello|ahoj|prosím|dobrý den)[,!.\s]+)*(?:(?:i|we)(?:'d| would)? (?:want|need|like)(?: to (?:build|have|make))?|(?:build|make|create)(?: (?:me|us))?|chci|chceme|potřebuj[iu]|potřebujeme|udělej(?: mi)?|postav(?: mi)?|vytvoř(?: mi)?)\s+/iu;
const ARTICLE = /^(?:an?|the|some|my|our)\s+/iu;
/** Where a clause ends. */
const STOP = /[.,:;!?\n(–—]/u;
/** Where the name of the thing usually ends. */
const CONNECTIVE = /\s(?:where|that|which|with|so|for|to|kde|který|která|které|aby|se?|pro|na)\s/iu;
/** Words that say nothing about the thing by themselves. */
const GENERIC =
  /^(?:simple |small |little |jednoduch\S+ |mal\S+ )?(?:web )?(?:app|application|page|site|website|web|tool|aplikac[ei]|stránk[au]|nástroj)$/iu;
/** Czech asks for a thing in the accusative; its name is the nominative. */
const NOMINATIVES: readonly [RegExp, string][] = [
  [/^knihu(?= |$)/iu, 'kniha'],
  [/^nástěnku(?= |$)/iu, 'nástěnka'],
  [/^(\p{L}+í )?stránku(?= |$)/iu, '$1stránka'],
];
const MAX = 40;

/** A name for a project from the first words of what was asked: "I need a guest book for our wedding" → "Guest book". */
export function nameFromPrompt(prompt: string): string {
  const wanted = prompt.trim().replace(OPENINGS, '').replace(ARTICLE, '');
  const clause = (wanted.split(STOP)[0] ?? '').trim();
  const thing = (clause.split(CONNECTIVE)[0] ?? '').trim();
  const words = (GENERIC.test(thing) ? clause : thing).split(/\s+/).slice(0, 5).join(' ');
  const short = words.length > MAX ? words.slice(0, MAX).replace(/\s+\S*$/, '') : words;
  const name = NOMINATIVES.reduce((text, [accusative, nominative]) => text.replace(accusative, nominative), short);
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}
