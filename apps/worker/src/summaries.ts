import { isAbsolute, relative } from 'node:path';
import type { ToolCategory } from '@talkide/contracts';
import { LOOK_TOOL } from './look-tool.ts';
import { PACKAGES_TOOL } from './packages-tool.ts';
import { type Locale, placeOf } from './places.ts';

/** One use of a tool in words: `description` for everyone, `summary` with the path or pattern. */
export type ToolStory = { category: ToolCategory; description: string; summary: string };

type Verb = Record<Locale, string>;
const READS: Verb = { en: 'Reads', cs: 'Čte' };
const EDITS: Verb = { en: 'Edits', cs: 'Upravuje' };
const WRITES: Verb = { en: 'Writes', cs: 'Zapisuje' };

const textOf = (input: Record<string, unknown>, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value : '';
};

/** A path as seen from the project's folder. */
export function shortPath(path: string, cwd: string): string {
  const inside = isAbsolute(path) ? relative(cwd, path) : path;
  return inside.startsWith('..') ? path : inside;
}

function fileStory(verb: Verb, category: ToolCategory, path: string, locale: Locale): ToolStory {
  const clean = path === '' ? '…' : path;
  return {
    category,
    description: `${verb[locale]} ${placeOf(clean, locale)}`,
    summary: `${verb[locale]} ${clean}`,
  };
}

const COMMANDS: { pattern: RegExp; en: string; cs: string }[] = [
  { pattern: /\b(vitest|npm (run )?test|node --test|test\.mjs)\b/, en: 'Runs the checks', cs: 'Spouští kontroly' },
  { pattern: /\b(build\.mjs|npm run build|vite build)\b/, en: 'Builds the app', cs: 'Sestavuje aplikaci' },
  { pattern: /\b(vue-tsc|tsc)\b/, en: 'Checks the code', cs: 'Kontroluje kód' },
  { pattern: /^\s*(ls|find|tree|pwd)\b/, en: 'Looks around', cs: 'Rozhlíží se' },
  { pattern: /^\s*(cat|head|tail|grep|rg|sed -n)\b/, en: 'Reads the code', cs: 'Čte kód' },
];

function commandStory(input: Record<string, unknown>, locale: Locale): ToolStory {
  const command = textOf(input, 'command');
  const known = COMMANDS.find(({ pattern }) => pattern.test(command));
  const said = textOf(input, 'description');
  const fallback = locale === 'cs' ? 'Spouští příkaz' : 'Runs a command';
  return {
    category: 'EXECUTING',
    description: known?.[locale] ?? (said === '' ? fallback : said),
    summary: `${locale === 'cs' ? 'Spouští' : 'Runs'} ${command}`,
  };
}

const START_PAGE: Verb = { en: 'the start page', cs: 'úvodní stránku' };
const AND: Verb = { en: 'and', cs: 'a' };

function lookStory(input: Record<string, unknown>, locale: Locale): ToolStory {
  const requests = Array.isArray(input.requests) ? (input.requests as unknown[]) : [];
  const steps = requests.map((step) => {
    const { method, path } = Object(step) as Record<string, unknown>;
    return { method: String(method ?? 'GET'), path: String(path ?? '/') };
  });
  const verb = locale === 'cs' ? 'Dívá se na' : 'Looks at';
  const places = [...new Set(steps.map(({ path }) => (path === '/' ? START_PAGE[locale] : path)))];
  const last = places.length > 1 ? ` ${AND[locale]} ${places.at(-1)}` : '';
  return {
    category: 'BROWSING',
    description: `${verb} ${places.slice(0, last === '' ? 1 : -1).join(', ') || START_PAGE[locale]}${last}`,
    summary: steps.map(({ method, path }) => `${method} ${path}`).join(', '),
  };
}

const ADDS: Verb = { en: 'Adds', cs: 'Přidává' };
const REMOVES: Verb = { en: 'Removes', cs: 'Odebírá' };
const INSTALLS: Verb = { en: 'Installs packages', cs: 'Instaluje balíčky' };

function packagesStory(input: Record<string, unknown>, locale: Locale): ToolStory {
  const said = ([verb, names]: [Verb, unknown]) =>
    Array.isArray(names) && names.length > 0 ? [`${verb[locale]} ${names.join(', ')}`] : [];
  const changes: [Verb, unknown][] = [
    [ADDS, input.add],
    [REMOVES, input.remove],
  ];
  const description = changes.flatMap(said).join('; ') || INSTALLS[locale];
  return { category: 'EXECUTING', description, summary: description };
}

/** Tells what a tool use does, in the person's language. */
export function tellTool(tool: string, input: Record<string, unknown>, cwd: string, locale: Locale): ToolStory {
  const path = shortPath(textOf(input, 'file_path') || textOf(input, 'path'), cwd);
  const pattern = textOf(input, 'pattern');
  const story = ((): ToolStory => {
    switch (tool) {
      case 'Read':
        return fileStory(READS, 'READING', path, locale);
      case 'Edit':
        return fileStory(EDITS, 'EDITING', path, locale);
      case 'Write':
        return fileStory(WRITES, 'EDITING', path, locale);
      case 'Glob':
      case 'Grep': {
        const description = locale === 'cs' ? 'Hledá v projektu' : 'Looks through the project';
        const verb = locale === 'cs' ? 'Hledá' : 'Looks for';
        return { category: 'READING', description, summary: `${verb} ${pattern}` };
      }
      case 'Bash':
        return commandStory(input, locale);
      case LOOK_TOOL:
        return lookStory(input, locale);
      case PACKAGES_TOOL:
        return packagesStory(input, locale);
      case 'Agent':
      case 'Task':
        return { category: 'DELEGATING', description: textOf(input, 'description'), summary: tool };
      default:
        return { category: 'OTHER', description: locale === 'cs' ? 'Pracuje' : 'Works', summary: tool };
    }
  })();
  return { ...story, description: story.description.slice(0, 4_000), summary: story.summary.slice(0, 500) };
}
