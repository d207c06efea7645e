import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { ContentBlock, MessagesRequest, Reply, RequestMessage } from '../protocol.ts';
import { LOOK } from '../reply.ts';
import { nextReply } from '../script.ts';

/** A conversation with the script whose tool calls really run in a folder: what the agent SDK does, in one process. */
export type MiniAgent = {
  /** Says something to Mara; answers her last words, and the question if she asked one. */
  say(text: string): { text: string; question: string | null };
  /** Every tool call so far, by all agents. */
  calls: { role: string; name: string; input: Record<string, unknown> }[];
};

/** What the worker says of a look at an application that is well. */
const SEEN = `GET / answered 200 (text/html; charset=utf-8).
<application>
Title: Test app
</application>

GET /api/list answered 200 (application/json; charset=utf-8).
<application>
[]
</application>`;

type Result = { text: string; isError: boolean };
const ok = (text: string): Result => ({ text, isError: false });
const wrong = (text: string): Result => ({ text, isError: true });

function edit(path: string, from: string, to: string): Result {
  const text = readFileSync(path, 'utf8');
  const count = text.split(from).length - 1;
  if (count !== 1) return wrong(`old_string was found ${count} times`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return ok('The file has been updated.');
}

function bash(command: string, cwd: string): Result {
  try {
    return ok(execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8', stdio: 'pipe' }));
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return wrong(stdout + stderr);
  }
}

const numbered = (text: string) =>
  text
    .split('\n')
    .map((line, at) => `${at + 1}\t${line}`)
    .join('\n');

/** Starts a conversation about the project in `tree`. */
export function startMiniAgent(tree: string, locale: 'en' | 'cs'): MiniAgent {
  const calls: MiniAgent['calls'] = [];
  const mara: RequestMessage[] = [];
  const here: RequestMessage = { role: 'system', content: `Primary working directory: ${tree}\n` };

  function run(name: string, input: Record<string, string>): Result {
    const path = input.file_path ?? '';
    switch (name) {
      case 'Read':
        return ok(numbered(readFileSync(path, 'utf8')));
      case 'Write':
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, input.content ?? '');
        return ok('File created.');
      case 'Edit':
        return edit(path, input.old_string ?? '', input.new_string ?? '');
      case 'Glob':
        return ok(
          globSync(input.pattern ?? '', { cwd: tree })
            .map((found) => `${tree}/${relative('', found)}`)
            .join('\n'),
        );
      case LOOK:
        return ok(SEEN);
      case 'Bash':
        return bash(input.command ?? '', tree);
      default:
        return ok(converse(input.subagent_type ?? '', [{ role: 'user', content: input.prompt ?? '' }]).text);
    }
  }

  /** Lets an agent work until its turn ends; its messages are added to the transcript. */
  function converse(role: string, messages: RequestMessage[]): { text: string; question: string | null } {
    const system = `<role>${role}</role><locale>${locale}</locale>`;
    for (;;) {
      const request: MessagesRequest = { model: 'talkide-demo', system, messages: [here, ...messages] };
      const reply: Reply = nextReply(request);
      const uses = reply.tools.map((tool, at) => ({
        type: 'tool_use' as const,
        id: `toolu_${calls.length + at}`,
        ...tool,
      }));
      messages.push({ role: 'assistant', content: [{ type: 'text', text: reply.text }, ...uses] });
      calls.push(...reply.tools.map((tool) => ({ role, ...tool })));
      if (uses.length === 0) return { text: reply.text, question: null };
      const question = uses.find((use) => use.name === 'mcp__talkide__ask')?.input.question;
      const results: ContentBlock[] = uses.map((use) => {
        const result = typeof question === 'string' ? ok('Asked.') : run(use.name, use.input as Record<string, string>);
        return { type: 'tool_result', tool_use_id: use.id, content: result.text, is_error: result.isError };
      });
      messages.push({ role: 'user', content: results });
      if (typeof question === 'string') return { text: reply.text, question };
    }
  }

  return {
    calls,
    say(text) {
      mara.push({ role: 'user', content: text });
      return converse('talkide-pm', mara);
    },
  };
}
