import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '@anthropic-ai/claude-agent-sdk';
import type { TurnAssignment } from '@talkide/contracts';

/** The specialists that Mara can hand work to. */
export const SPECIALISTS = [
  'talkide-backend-dev',
  'talkide-frontend-dev',
  'talkide-designer',
  'talkide-tester',
] as const;

export type AgentFile = { description: string; tools: string[]; prompt: string };
export type Team = { mara: AgentFile; specialists: Record<string, AgentFile> };

/** Reads an agent's file: `description` and `tools` between two lines of dashes, then the prompt. */
export function parseAgentFile(text: string): AgentFile {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text);
  const head = match?.[1] ?? '';
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const prompt = (match?.[2] ?? '').trim();
  if (field('description') === '' || field('tools') === '' || prompt === '')
    throw new Error('An agent file needs a description, tools and a prompt.');
  return { description: field('description'), tools: field('tools').split(/,\s*/), prompt };
}

/** Loads the prompts of Mara and her team. */
export function loadTeam(folder: string): Team {
  const read = (role: string) => parseAgentFile(readFileSync(join(folder, `${role}.md`), 'utf8'));
  return { mara: read('talkide-pm'), specialists: Object.fromEntries(SPECIALISTS.map((role) => [role, read(role)])) };
}

/** What the prompts say about the project at hand. */
export type ProjectFacts = Pick<TurnAssignment, 'projectName' | 'locale' | 'stack'> & { cwd: string };

const LANGUAGES = { en: 'English', cs: 'Czech' } as const;

/** A command as a person would type it. */
const commandLine = (argv: string[]) =>
  argv.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/** Fills the placeholders of a prompt. */
export function renderPrompt(prompt: string, facts: ProjectFacts): string {
  const values: Record<string, string> = {
    project: facts.projectName,
    locale: facts.locale,
    language: LANGUAGES[facts.locale],
    cwd: facts.cwd,
    stack: facts.stack.name,
    notes: facts.stack.notesFile,
    build: commandLine(facts.stack.commands.build),
    test: commandLine(facts.stack.commands.test),
  };
  return prompt.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The specialists as the SDK wants them. */
export function agentDefinitions(team: Team, facts: ProjectFacts): Record<string, AgentDefinition> {
  return Object.fromEntries(
    Object.entries(team.specialists).map(([role, file]) => [
      role,
      { description: file.description, tools: file.tools, prompt: renderPrompt(file.prompt, facts), model: 'inherit' },
    ]),
  );
}
