import { type Colour, type Part, tokensFor } from '../colours.ts';
import type { Reply } from '../protocol.ts';
import { edit, end, go, read } from '../reply.ts';
import { callsOn, type Stage, textRead } from '../stage.ts';

const THEME = 'src/styles/theme.css';

const PARTS: Record<Part, { en: string; cs: string }> = {
  header: { en: 'the header', cs: 'hlavička' },
  background: { en: 'the background', cs: 'pozadí' },
  buttons: { en: 'the buttons', cs: 'tlačítka' },
  everything: { en: 'the whole app', cs: 'celá aplikace' },
};
const TONE = { en: 'in a soft tone, so that words stay easy to read', cs: 'v jemném tónu, aby se text dobře četl' };
const WORDS = {
  en: 'with words on it that stay readable in light and dark',
  cs: 's textem čitelným ve světlém i tmavém režimu',
};

const PLAN = {
  en: (part: string, colour: string) => `I make ${part} ${colour}. Nothing else changes.`,
  cs: (part: string, colour: string) => `Změním barvu: ${part} – ${colour}. Nic jiného se nemění.`,
};
const DONE = {
  en: (part: string, colour: string, note: string) => `Done: ${part} is ${colour} now, ${note}.`,
  cs: (part: string, colour: string, note: string) => `Hotovo: ${part} – ${colour}, ${note}.`,
};
const NOT_FOUND = {
  en: 'The theme does not hold that colour where I expect it, so I changed nothing.',
  cs: 'Barva není v motivu tam, kde ji čekám, takže jsem nic nezměnila.',
};
const SAME = {
  en: 'It has that colour already, so I changed nothing.',
  cs: 'Tuhle barvu už má, takže jsem nic nezměnila.',
};

/** Edits that give tokens new values, from the theme as it stands. */
export function tokenEdits(theme: string, tokens: Record<string, string>): { from: string; to: string }[] {
  return Object.entries(tokens).flatMap(([token, value]) => {
    const line = new RegExp(`^([ \\t]*)${token}:[^;]*;`, 'm').exec(theme);
    return line ? [{ from: line[0], to: `${line[1]}${token}: ${value};` }] : [];
  });
}

/** Changes a colour in the theme: reads it, edits the tokens, says what changed. */
export function playColour(stage: Stage, part: Part, colour: Colour): Reply {
  const { locale } = stage;
  const words: [string, string] = [PARTS[part][locale], colour.name[locale]];
  const theme = textRead(stage, THEME);
  if (callsOn(stage, 'Read', THEME).length === 0) return go(PLAN[locale](...words), read(stage.at(THEME)));
  const done = callsOn(stage, 'Edit', THEME);
  if (done.length === 0) {
    const edits = tokenEdits(theme ?? '', tokensFor(part, colour));
    if (edits.length === 0) return end(NOT_FOUND[locale]);
    const changing = edits.filter(({ from, to }) => from !== to);
    if (changing.length === 0) return end(SAME[locale]);
    return go('', ...changing.map(({ from, to }) => edit(stage.at(THEME), from, to)));
  }
  if (done.some((call) => call.isError)) return end(NOT_FOUND[locale]);
  return end(DONE[locale](...words, part === 'background' ? TONE[locale] : WORDS[locale]));
}
