import type { Reply } from '../protocol.ts';
import { bash, edit, end, glob, go, read, write } from '../reply.ts';
import type { Scenario } from '../scenario.ts';
import { callsOf, callsOn, pathsFound, type Stage, textRead } from '../stage.ts';
import { camel, capital, mentions, quoted, snake } from '../words.ts';
import { sightOf, takeLook } from './look.ts';
import { migrationPath } from './specialist.ts';
import { present } from './text.ts';

const LOOK = '{shared,migrations}/*.{ts,sql}';

const KINDS: { starts: string[]; type: string; max: number }[] = [
  { starts: ['e-?mail'], type: 'email', max: 254 },
  { starts: ['phone', 'telephone', 'mobile', 'telefon', 'mobil'], type: 'tel', max: 40 },
  { starts: ['web', 'link', 'url', 'stranky'], type: 'url', max: 300 },
  { starts: ['date', 'day', 'birthday', 'datum', 'den', 'narozenin'], type: 'date', max: 10 },
  { starts: ['age', 'number', 'count', 'how many', 'vek', 'pocet', 'kolik', 'cislo'], type: 'number', max: 100_000 },
  { starts: ['note', 'comment', 'description', 'poznamk', 'komentar', 'popis'], type: 'textarea', max: 1_000 },
];

/** A field as its description and its column. */
export function fieldOf(label: string, required: boolean): { name: string; line: string; column: string } {
  const kind = KINDS.find(({ starts }) => mentions(label, ...starts)) ?? { type: 'text', max: 200 };
  const name = camel(label);
  const shown = quoted(capital(label));
  const line = `  { name: '${name}', label: ${shown}, type: '${kind.type}', required: ${required}, max: ${kind.max} },`;
  return { name, line, column: `${snake(name)} ${kind.type === 'number' ? 'integer' : 'text'}` };
}

const PLAN = {
  en: (label: string) =>
    `I add the field “${label}” to the form and keep it with each new entry. What is stored already stays as it is.`,
  cs: (label: string) => `Přidám do formuláře pole „${label}“ a budu ho ukládat. Co už je uložené, zůstane, jak je.`,
};
const DONE = {
  en: (label: string, required: boolean) =>
    `Done: the form asks for “${label}” now${required ? '' : ' (optional)'}, and it is shown where it was filled in. The checks pass.`,
  cs: (label: string, required: boolean) =>
    `Hotovo: formulář se teď ptá na „${label}“${required ? '' : ' (nepovinné)'} a ukazuje se tam, kde je vyplněné. Kontroly procházejí.`,
};
const THERE = { en: 'The form has that field already.', cs: 'Tohle pole už ve formuláři je.' };
const NOTHING_YET = {
  en: 'There is no form of mine yet. Let me build a guest book, a todo board or a booking page first.',
  cs: 'Zatím tu není můj formulář. Nejdřív mě nechte postavit knihu hostů, nástěnku úkolů nebo rezervační stránku.',
};
const FAILED = {
  en: 'I could not add it cleanly, so please press Undo. This is what the check said:',
  cs: 'Nepodařilo se mi ho čistě přidat, vraťte prosím změnu zpět. Kontrola řekla toto:',
};

/** Adds a field: a new migration, one line in the list of fields, then the tests and a look at the result. */
export function playField(stage: Stage, subject: Scenario | null, label: string, required: boolean): Reply {
  const { locale } = stage;
  const found = pathsFound(stage, LOOK);
  if (!found) return go('', glob(LOOK));
  const scenario = present(found, subject, (each) => each.fieldsFile);
  if (!scenario) return end(NOTHING_YET[locale]);
  const path = scenario.fieldsFile;
  if (callsOn(stage, 'Read', path).length === 0) return go(PLAN[locale](label), read(stage.at(path)));
  const field = fieldOf(label, required);
  if (callsOn(stage, 'Edit', path).length === 0) {
    if (textRead(stage, path)?.includes(`name: '${field.name}'`)) return end(THERE[locale]);
    const migration = migrationPath(found, `${scenario.table}_${snake(field.name)}`);
    const sql = `alter table ${scenario.table} add column if not exists ${field.column};\n`;
    return go('', write(stage.at(migration), sql), edit(stage.at(path), '\n];', `\n${field.line}\n];`));
  }
  const command = `node --test test/${scenario.route}.test.ts`;
  const check = callsOf(stage.turn).find((call) => call.input.command === command);
  if (!check) return go('', bash(command, 'Run the checks'));
  const broken = callsOf(stage.turn).find((call) => call.isError);
  if (broken) return end(`${FAILED[locale]}\n\n${broken.result.slice(-1_500)}`);
  const look = takeLook(stage, scenario);
  if (look) return look;
  const { well, words } = sightOf(stage);
  return end(well ? `${DONE[locale](label, required)} ${words}` : words);
}
