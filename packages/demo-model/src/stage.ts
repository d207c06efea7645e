import type { MessagesRequest } from './protocol.ts';
import { type Locale, localeOf, type ToolCall, type Turn, turnsOf } from './transcript.ts';

/** What a play knows: the conversation so far and where it happens. Everything comes from the request. */
export type Stage = {
  locale: Locale;
  turns: Turn[];
  /** The running turn. */
  turn: Turn;
  /** The path of a project's file as the tools want it. */
  at(path: string): string;
};

const CZECH_LETTERS = /[ěščřžůťďň]/i;

/** Reads the stage from a request. Who writes Czech is answered in Czech, whatever their setting. */
export function stageOf(request: MessagesRequest): Stage {
  const cwd = /Primary working directory: ([^\\"\n]+)/.exec(JSON.stringify(request.messages))?.[1]?.trim();
  const turns = turnsOf(request);
  return {
    locale: turns.some((turn) => CZECH_LETTERS.test(turn.asked)) ? 'cs' : localeOf(request),
    turns,
    turn: turns.at(-1) ?? { asked: '', notes: '', steps: [] },
    at: (path) => (cwd === undefined ? path : `${cwd}/${path}`),
  };
}

/** Every tool call of a turn, in order. */
export const callsOf = (turn: Turn): ToolCall[] => turn.steps.flatMap((step) => step.calls);

/** Calls of a turn on a project's file. */
export function callsOn(stage: Stage, name: string, path: string): ToolCall[] {
  return callsOf(stage.turn).filter((call) => call.name === name && call.input.file_path === stage.at(path));
}

/** The text of a file as the newest Read of this turn showed it, without line numbers; null before it was read. */
export function textRead(stage: Stage, path: string): string | null {
  const call = callsOn(stage, 'Read', path).at(-1);
  if (!call || call.isError) return null;
  return call.result
    .replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\d+[\t→]/, ''))
    .join('\n');
}

/** The paths a Glob of this turn found, relative to the project; null before it ran. */
export function pathsFound(stage: Stage, pattern: string): string[] | null {
  const call = callsOf(stage.turn).find((each) => each.name === 'Glob' && each.input.pattern === pattern);
  if (!call) return null;
  const root = stage.at('');
  return call.result
    .split('\n')
    .map((line) => line.trim().replace(root, ''))
    .filter((line) => /^[\w./-]+\.\w+$/.test(line));
}
