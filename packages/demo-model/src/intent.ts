import { type Colour, colourIn, type Part, partIn } from './colours.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { mentions, plain } from './words.ts';

export type TextKey = 'title' | 'lead' | 'button';
export type Intent =
  | { kind: 'build'; scenario: Scenario }
  | { kind: 'colour'; part: Part; colour: Colour }
  | { kind: 'text'; key: TextKey; value: string }
  | { kind: 'field'; label: string; required: boolean }
  | { kind: 'package'; name: string }
  | { kind: 'repair'; log: string }
  | { kind: 'other' };

const QUOTES = '["“”„\'‘’]?';
const FIELD = [
  new RegExp(
    `\\badd (?:an? |another )?(?:new )?(?:optional |required )?field (?:for |called |named )?(?:the |an? )?${QUOTES}(.{2,40}?)${QUOTES}(?: (?:to|in|on) the .+)?[.!?]*$`,
    'i',
  ),
  new RegExp(
    `\\badd (?:an? |another )?(?:new )?(?:optional |required )?${QUOTES}([\\w -]{2,40}?)${QUOTES} field\\b`,
    'i',
  ),
  new RegExp(
    `přidej(?:te)? (?:nové |povinné |nepovinné )*(?:pole|kolonku|položku) (?:pro |na |s názvem )?${QUOTES}(.{2,40}?)${QUOTES}(?: do .+)?[.!?]*$`,
    'i',
  ),
];

const PACKAGE =
  /\b(?:add|install|přidej(?:te)?|nainstaluj(?:te)?) (?:the |npm )*(?:package|balíček) ["“”„'‘’]?((?:@[\w.-]+\/)?[\w.-]*\w(?:@[\w.^~-]+)?)/i;

const TO = `(?: text)?(?: of .{1,40}?| on .{1,40}?| tlačítka| stránky)?`;
const TEXT = [
  new RegExp(
    `\\b(?:change|set|rename) (?:the |my |our )?(?:page )?(title|heading|headline|subtitle|lead|intro(?:duction)?|button)${TO} (?:to|into) ${QUOTES}(.{1,200}?)${QUOTES}[.!]*$`,
    'i',
  ),
  new RegExp(
    `(?:změň|změňte|přejmenuj|nastav) (nadpis|titulek|podnadpis|úvod(?:ní text)?|tlačítko|text tlačítka)${TO} na ${QUOTES}(.{1,200}?)${QUOTES}[.!]*$`,
    'i',
  ),
];
const KEYS: { starts: string[]; key: TextKey }[] = [
  { starts: ['subtitle', 'lead', 'intro', 'podnadpis', 'uvod'], key: 'lead' },
  { starts: ['button', 'tlacit', 'text tlacit'], key: 'button' },
  { starts: ['title', 'head', 'nadpis', 'titul'], key: 'title' },
];

const BUILD =
  /\b(build|create|make (me |us )?an?\b|i (want|need|would like)|we (want|need)|vytvor|postav|udelej (mi|nam)|chci|potrebuj|chtel)/;

function textWish(asked: string): Intent | null {
  for (const pattern of TEXT) {
    const [, what, value] = pattern.exec(asked) ?? [];
    const key = what === undefined ? undefined : KEYS.find(({ starts }) => mentions(what, ...starts))?.key;
    if (key && value) return { kind: 'text', key, value };
  }
  return null;
}

function fieldWish(asked: string): Intent | null {
  const label = FIELD.map((pattern) => pattern.exec(asked)?.[1]).find((found) => found !== undefined);
  if (label === undefined) return null;
  return { kind: 'field', label: label.trim(), required: mentions(asked, 'required', 'povinne') };
}

/** The scenario that a text names. */
export function scenarioIn(text: string): Scenario | null {
  return SCENARIOS.find((scenario) => mentions(text, ...scenario.starts)) ?? null;
}

/** What a message asks for, as far as the script understands. */
export function intentOf(asked: string): Intent {
  if (asked.includes('<repair>')) return { kind: 'repair', log: asked };
  const line = asked.trim().replace(/\s+/g, ' ');
  const scenario = scenarioIn(line);
  if (scenario && BUILD.test(plain(line))) return { kind: 'build', scenario };
  const name = PACKAGE.exec(line)?.[1];
  if (name !== undefined) return { kind: 'package', name };
  const wish = fieldWish(line) ?? textWish(line);
  if (wish) return wish;
  const colour = colourIn(line);
  if (colour) return { kind: 'colour', part: partIn(line), colour };
  return scenario ? { kind: 'build', scenario } : { kind: 'other' };
}
