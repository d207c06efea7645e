import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locale } from './transcript.ts';

type Words = Record<Locale, string>;

/** A choice of the question, and what it puts into the files. */
export type Choice = {
  label: Words;
  description: Words;
  /** Beginnings of words by which a free answer means this choice. */
  starts: string[];
  /** Values of the files' placeholders, by language. */
  fill: Record<Locale, Record<string, string>>;
};

/** An application the demo model can build, on top of the stack's template. */
export type Scenario = {
  id: string;
  /** Beginnings of the words that ask for it. */
  starts: string[];
  /** File name of its page, and the address when it is not the start page. */
  page: string;
  path: string;
  title: Words;
  table: string;
  /** Where its fields and texts are described. */
  fieldsFile: string;
  textsFile: string;
  /** Its route file without the ending. */
  route: string;
  /** The address its page reads from; an empty list at first. */
  readsFrom: string;
  plan: Words;
  question: { text: Words; choices: Choice[] } | null;
  backend: { description: Words; brief: Words; opening: Words; report: Words; files: string[] };
  frontend: { description: Words; brief: Words; opening: Words; report: Words; files: string[] };
  /** A file that is forgotten at first, so that the platform's build has something to find. */
  forgotten: string | null;
  done: Words;
};

const FOLDER = fileURLToPath(new URL('../scenarios/', import.meta.url));

/** Tests of the applications lie under another name, so that ours are not mistaken for them. */
const storedAs = (path: string) => path.replace(/\.test\.ts$/, '.checks.ts');

/** The text of an application's file, with its placeholders filled; the person's language first, then what all share. */
export function fileText(scenario: string, path: string, locale: Locale, fill: Record<string, string> = {}): string {
  const found = [
    `${scenario}/${locale}/${path}`,
    `${scenario}/app/${path}`,
    `common/${locale}/${path}`,
    `common/app/${path}`,
  ]
    .map((each) => FOLDER + storedAs(each))
    .find((each) => existsSync(each));
  if (found === undefined) throw new Error(`The scenario ${scenario} has no file ${path}.`);
  return readFileSync(found, 'utf8').replace(/\{\{(field|extra)\}\}/g, (_whole, name: string) => fill[name] ?? '');
}
