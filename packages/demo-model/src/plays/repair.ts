import { posix } from 'node:path';
import type { Reply } from '../protocol.ts';
import { bash, end, go, read, write } from '../reply.ts';
import { fileText } from '../scenario.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { callsOf, callsOn, type Stage } from '../stage.ts';
import { sightOf, takeLook } from './look.ts';

const BUILD = 'node build.mjs';

const FOUND = {
  en: 'The build stopped: one part asks for a helper that nobody had written. I look at it and write what is missing; nothing else changes.',
  cs: 'Sestavení se zastavilo: jedna část si žádá pomocníka, kterého nikdo nenapsal. Podívám se na ni a doplním, co chybí; nic jiného se nemění.',
};
const DONE = {
  en: 'That was our slip: the card of an entry wanted to show the time in words, and the helper for that was missing. It is there now and the build passes. Your app is on its way to the preview.',
  cs: 'To byla naše chyba: karta zápisu chtěla ukázat čas slovy a pomocník pro to chyběl. Teď tu je a sestavení prochází. Aplikace je na cestě do náhledu.',
};
const STILL = {
  en: 'The build still does not pass after my repair, so I stop here. You can go back to the version before with Undo. The log says:',
  cs: 'Sestavení ani po opravě neprochází, takže se tu zastavím. K předchozí verzi se vrátíte tlačítkem Zpět. Záznam říká:',
};
const UNKNOWN = {
  en: 'Demo model: this build error is not in my script, so I leave the files as they are. You can go back to the version before with Undo.',
  cs: 'Ukázkový model: tuhle chybu sestavení můj skript nezná, takže nechám soubory, jak jsou. K předchozí verzi se vrátíte tlačítkem Zpět.',
};

/** The missing file that a build log names, and who asks for it; null when the log tells of something else. */
export function missingFile(log: string): { path: string; importer: string } | null {
  const [, wanted, importer] = /Could not resolve '([^']+)' in ([\w./-]+\.\w+)/.exec(log) ?? [];
  if (wanted === undefined || importer === undefined) return null;
  return { path: posix.normalize(posix.join(posix.dirname(importer), wanted)), importer };
}

/** Reads the log of a failed build, writes the file that was forgotten, builds again and looks at the result. */
export function playRepair(stage: Stage, log: string): Reply {
  const { locale } = stage;
  const missing = missingFile(log);
  const scenario = SCENARIOS.find((each) => missing !== null && each.forgotten === missing.path);
  if (!missing || !scenario) return end(UNKNOWN[locale]);
  const { path, importer } = missing;
  if (callsOn(stage, 'Read', importer).length === 0) return go(FOUND[locale], read(stage.at(importer)));
  if (callsOn(stage, 'Write', path).length === 0)
    return go('', write(stage.at(path), fileText(scenario.id, path, locale)));
  const build = callsOf(stage.turn).find((call) => call.input.command === BUILD);
  if (!build) return go('', bash(BUILD, 'Build the app'));
  if (build.isError) return end(`${STILL[locale]}\n\n${build.result.slice(-1_500)}`);
  const look = takeLook(stage, scenario);
  if (look) return look;
  const { well, words } = sightOf(stage);
  return end(well ? `${DONE[locale]} ${words}` : words);
}
