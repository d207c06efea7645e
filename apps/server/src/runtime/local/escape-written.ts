import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, attempts } from './escape-attempts.ts';
import { kernelAttempts } from './escape-attempts-kernel.ts';
import { platformAttempts } from './escape-attempts-platform.ts';

export const allAttempts: Attempt[] = [...attempts, ...kernelAttempts, ...platformAttempts];
export const attemptsSeen = (where: Attempt[3]) => allAttempts.filter(([, , , seen]) => seen === where);

/** What stands for the words in the attempts. */
export interface Words {
  SECRET: string;
  OTHER: string;
  PORT: number;
  PID: number;
  HOSTSOCKET: string;
  ABSTRACT: string;
  STATE: string;
  LOG: string;
}

/** Writes the attempts, with the words replaced, as `attempts.json` beside their runner `run.cjs`. */
export function writeAttempts(dir: string, chosen: Attempt[], words: Partial<Words>): void {
  const pattern = new RegExp(`(?<![A-Z_])(${Object.keys(words).join('|') || '$^'})(?![A-Z_])`, 'g');
  const fill = (text: string) => text.replaceAll(pattern, (word) => String(words[word as keyof Words]));
  mkdirSync(dir, { recursive: true });
  copyFileSync(new URL('./escape-runner.cjs', import.meta.url), join(dir, 'run.cjs'));
  const filled = chosen.map(([title, language, program]) => [title, language, fill(program)]);
  writeFileSync(join(dir, 'attempts.json'), JSON.stringify(filled));
}

/** `held`, `ESCAPED` or `BROKEN` by the attempt's name. */
export type Verdicts = Map<string, string>;

/** Reads what the runner prints. */
export function verdictsOf(output: string): Verdicts {
  return new Map(output.split('\n').flatMap((line) => [line.split('\t') as [string, string]]));
}
