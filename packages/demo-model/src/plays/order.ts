import type { Choice, Scenario } from '../scenario.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { Locale } from '../transcript.ts';
import { mentions } from '../words.ts';

/** What Mara asks of a specialist. It travels in the text of the task, since nothing else connects the two. */
export type Order = { scenario: Scenario; choice: Choice | null };

/** The choice a person's answer means; the first one when it means none. */
export function choiceIn(scenario: Scenario, answer: string): Choice | null {
  const choices = scenario.question?.choices ?? [];
  const exact = choices.find((choice) => Object.values(choice.label).some((label) => answer.includes(label)));
  return exact ?? choices.find((choice) => mentions(answer, ...choice.starts)) ?? choices[0] ?? null;
}

/** The line that carries an order. */
export function orderLine({ scenario, choice }: Order): string {
  const number = choice ? (scenario.question?.choices.indexOf(choice) ?? 0) + 1 : 0;
  return `(Work order: ${scenario.id}, choice ${number})`;
}

/** Reads an order from the text of a task; null when it carries none. */
export function orderIn(task: string): Order | null {
  const [, id, number] = /\(Work order: ([a-z-]+), choice (\d)\)/.exec(task) ?? [];
  const scenario = SCENARIOS.find((each) => each.id === id);
  return scenario ? { scenario, choice: scenario.question?.choices[Number(number) - 1] ?? null } : null;
}

/** Values of the files' placeholders for an order. */
export const fillOf = ({ choice }: Order, locale: Locale) => choice?.fill[locale] ?? {};
