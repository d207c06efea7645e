import type { Reply } from '../protocol.ts';
import { go, LOOK, look } from '../reply.ts';
import type { Scenario } from '../scenario.ts';
import { callsOf, type Stage } from '../stage.ts';

const SEEN = {
  en: (page: string) =>
    `I have looked at it running, with an empty database of its own: ${page} opens, and the server answers with an empty list.`,
  cs: (page: string) =>
    `Podívala jsem se na ni spuštěnou, s vlastní prázdnou databází: ${page} se otevře a server odpovídá prázdným seznamem.`,
};
const PAGE = { en: (title: string) => `the page “${title}”`, cs: (title: string) => `stránka „${title}“` };
const SOME_PAGE = { en: 'the page', cs: 'stránka' };
const UNWELL = {
  en: 'I looked at it running, and it does not answer as it should yet, so I stop here instead of pretending. This is what I saw:',
  cs: 'Podívala jsem se na ni spuštěnou a zatím neodpovídá, jak má, takže se zastavím, místo abych něco předstírala. Viděla jsem toto:',
};

/** A look at a page and at what it asks the server for; null when this turn has had its look. */
export function takeLook(stage: Stage, scenario: Scenario, page = '/'): Reply | null {
  const looked = callsOf(stage.turn).some((call) => call.name === LOOK);
  return looked ? null : go('', look(page, scenario.readsFrom));
}

/** What this turn's look showed, in Mara's words; `well` when both answered as they should at first. */
export function sightOf(stage: Stage): { well: boolean; words: string } {
  const { locale } = stage;
  const call = callsOf(stage.turn).findLast((each) => each.name === LOOK);
  const report = call?.result ?? '';
  const answered = [...report.matchAll(/^GET \S+ answered 200\b/gm)].length === 2;
  const well = answered && call?.isError === false && /^\[\]$/m.test(report);
  if (!well) return { well, words: `${UNWELL[locale]}\n\n${report.slice(0, 1_500)}` };
  const title = /^Title: (.{1,80})$/m.exec(report)?.[1];
  return { well, words: SEEN[locale](title === undefined ? SOME_PAGE[locale] : PAGE[locale](title)) };
}
