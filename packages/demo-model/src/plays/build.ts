import type { Reply } from '../protocol.ts';
import { ask, bash, delegate, end, glob, go, read } from '../reply.ts';
import type { Scenario } from '../scenario.ts';
import { callsOf, callsOn, pathsFound, type Stage } from '../stage.ts';
import { sightOf, takeLook } from './look.ts';
import { choiceIn, type Order, orderLine } from './order.ts';

const PAGES = 'src/pages/*.vue';
const BUILD = 'node build.mjs';

const EXISTS = {
  en: 'It is in your app already. Tell me what to change about it: a colour, a text or a field.',
  cs: 'V aplikaci už je. Řekněte, co na ní změnit: barvu, text nebo pole.',
};
const STARTS = {
  en: 'Thanks, then we know everything. My two developers start side by side; colours and the rest of the app stay as they are.',
  cs: 'Děkuji, víme všechno. Oba vývojáři začínají zároveň; barvy a zbytek aplikace zůstanou, jak jsou.',
};
const FAILED = {
  en: 'It does not hold together yet, so I stop here instead of pretending. This is what the check said:',
  cs: 'Zatím to nedrží pohromadě, takže se zastavím, místo abych něco předstírala. Kontrola řekla toto:',
};

function delegations(stage: Stage, order: Order): Reply['tools'] {
  const { scenario } = order;
  return (['backend', 'frontend'] as const).map((side) => {
    const { description, brief } = scenario[side];
    const prompt = `${brief[stage.locale]}\n\n${orderLine(order)}`;
    return delegate(`talkide-${side}-dev`, description[stage.locale], prompt);
  });
}

/** Looks whether the work is done already, plans, asks, has it built, looks at the result. `answer` is the person's. */
export function playBuild(stage: Stage, scenario: Scenario, answer: string | null): Reply {
  const { locale, turn } = stage;
  const pages = pathsFound(stage, PAGES);
  if (!pages) return go('', glob(PAGES));
  const page = `src/pages/${scenario.page}.vue`;
  if (pages.includes(page)) return end(EXISTS[locale]);

  if (scenario.question && answer === null) {
    const options = scenario.question.choices.map(({ label, description }) => ({
      label: label[locale],
      description: description[locale],
    }));
    return go(scenario.plan[locale], ask(scenario.question.text[locale], options));
  }
  if (!callsOf(turn).some((call) => call.name === 'Agent')) {
    const order: Order = { scenario, choice: answer === null ? null : choiceIn(scenario, answer) };
    return go(answer === null ? scenario.plan[locale] : STARTS[locale], ...delegations(stage, order));
  }
  if (callsOn(stage, 'Read', page).length === 0) {
    // Where a file is forgotten on purpose, the platform's own build is to find it.
    const check = scenario.forgotten === null ? [bash(BUILD, 'Build the app')] : [];
    return go('', read(stage.at(page)), ...check);
  }
  const broken = callsOf(turn).find((call) => call.isError && (call.name === 'Agent' || call.input.command === BUILD));
  if (broken) return end(`${FAILED[locale]}\n\n${broken.result.slice(0, 1_500)}`);
  if (scenario.forgotten !== null) return end(scenario.done[locale]);
  const look = takeLook(stage, scenario, pages.includes('src/pages/Home.vue') ? '/' : scenario.path);
  if (look) return look;
  const { well, words } = sightOf(stage);
  return end(well ? `${scenario.done[locale]}\n\n${words}` : words);
}
