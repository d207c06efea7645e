import type { TextKey } from '../intent.ts';
import type { Reply } from '../protocol.ts';
import { edit, end, glob, go, read } from '../reply.ts';
import type { Scenario } from '../scenario.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { callsOn, pathsFound, type Stage, textRead } from '../stage.ts';
import { quoted } from '../words.ts';

const TEXTS = 'src/texts/*.ts';

const NAMES: Record<TextKey, { en: string; cs: string }> = {
  title: { en: 'title', cs: 'nadpis' },
  lead: { en: 'introduction', cs: 'úvodní text' },
  button: { en: 'button', cs: 'text tlačítka' },
};
const PLAN = {
  en: (name: string) => `I change the ${name}, and only that.`,
  cs: (name: string) => `Změním ${name} a nic jiného.`,
};
const DONE = {
  en: (name: string, value: string) => `Done: the ${name} now says “${value}”.`,
  cs: (name: string, value: string) => `Hotovo: ${name} je teď „${value}“.`,
};
const NOTHING_YET = {
  en: 'There is no page of mine with texts yet. Let me build a guest book, a todo board or a booking page first.',
  cs: 'Zatím tu není moje stránka s texty. Nejdřív mě nechte postavit knihu hostů, nástěnku úkolů nebo rezervační stránku.',
};
const NOT_FOUND = {
  en: 'I did not find that text where it should be, so I changed nothing.',
  cs: 'Text jsem nenašla tam, kde má být, takže jsem nic nezměnila.',
};

/** The scenario a change goes to: the one talked about when it is in the project, else the first that is. */
export function present(found: string[], wanted: Scenario | null, file: (each: Scenario) => string): Scenario | null {
  const all = wanted ? [wanted, ...SCENARIOS] : SCENARIOS;
  return all.find((each) => found.includes(file(each))) ?? null;
}

/** Changes one of a page's texts. */
export function playText(stage: Stage, subject: Scenario | null, key: TextKey, value: string): Reply {
  const { locale } = stage;
  const name = NAMES[key][locale];
  const found = pathsFound(stage, TEXTS);
  if (!found) return go('', glob(TEXTS));
  const scenario = present(found, subject, (each) => each.textsFile);
  if (!scenario) return end(NOTHING_YET[locale]);
  const path = scenario.textsFile;
  if (callsOn(stage, 'Read', path).length === 0) return go(PLAN[locale](name), read(stage.at(path)));
  const done = callsOn(stage, 'Edit', path);
  if (done.length === 0) {
    const line = new RegExp(`^  ${key}: .*,$`, 'm').exec(textRead(stage, path) ?? '')?.[0];
    if (line === undefined) return end(NOT_FOUND[locale]);
    return go('', edit(stage.at(path), line, `  ${key}: ${quoted(value)},`));
  }
  return end(done.some((call) => call.isError) ? NOT_FOUND[locale] : DONE[locale](name, value));
}
