import { CANNOT } from '../about.ts';
import { intentOf, scenarioIn } from '../intent.ts';
import type { Reply } from '../protocol.ts';
import { ASK, end, glob, go, read } from '../reply.ts';
import type { Scenario } from '../scenario.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import { callsOf, type Stage } from '../stage.ts';
import { mentions } from '../words.ts';
import { playBuild } from './build.ts';
import { playColour } from './colour.ts';
import { playField } from './field.ts';
import { playPackage } from './package.ts';
import { missingFile, playRepair } from './repair.ts';
import { playText } from './text.ts';

const READ_AGAIN = { en: 'I have read your project again. ', cs: 'Projekt jsem si znovu přečetla. ' };

/** The scenario whose question waits for an answer. */
function questionOpen(stage: Stage): Scenario | null {
  for (const turn of stage.turns.slice(0, -1).reverse()) {
    const calls = callsOf(turn);
    if (calls.some((call) => call.name === 'Agent' && !call.isError && call.result !== '')) return null;
    const asked = calls.find((call) => call.name === ASK)?.input.question;
    const found = SCENARIOS.find((each) => Object.values(each.question?.text ?? {}).some((text) => text === asked));
    if (found) return found;
  }
  return null;
}

/** The application a change is about: named now, or talked about last. */
function subjectOf(stage: Stage): Scenario | null {
  return stage.turns.map((turn) => scenarioIn(turn.asked)).findLast((scenario) => scenario !== null) ?? null;
}

function play(stage: Stage): Reply {
  const { asked } = stage.turn;
  const intent = intentOf(asked);
  switch (intent.kind) {
    case 'build':
      return playBuild(stage, intent.scenario, null);
    case 'colour':
      return playColour(stage, intent.part, intent.colour);
    case 'text':
      return playText(stage, subjectOf(stage), intent.key, intent.value);
    case 'field':
      return playField(stage, subjectOf(stage), intent.label, intent.required);
    case 'package':
      return playPackage(stage, intent.name);
    case 'repair':
      return playRepair(stage, intent.log);
    case 'other': {
      const open = questionOpen(stage);
      if (open) return playBuild(stage, open, asked);
      const { notes } = stage.turn;
      const wantsRepair = missingFile(notes) !== null && mentions(asked, 'fix', 'repair', 'oprav');
      return wantsRepair ? playRepair(stage, notes) : end(CANNOT[stage.locale]);
    }
  }
}

/** Mara's next step. */
export function playMara(stage: Stage): Reply {
  if (!stage.turn.notes.includes('no longer available')) return play(stage);
  if (stage.turn.steps.length === 0) return go('', read(stage.at('AGENTS.md')), glob('src/pages/*.vue'));
  const reply = play(stage);
  const last = reply.tools.length === 0 || reply.tools.some((tool) => tool.name === ASK);
  return last ? { ...reply, text: READ_AGAIN[stage.locale] + reply.text } : reply;
}
