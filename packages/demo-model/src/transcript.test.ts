import { describe, expect, it } from 'vitest';
import type { MessagesRequest } from './protocol.ts';
import { stageOf, textRead } from './stage.ts';
import { localeOf, roleOf, turnsOf } from './transcript.ts';

const request = (messages: MessagesRequest['messages'], system = ''): MessagesRequest => ({
  model: 'm',
  messages,
  system,
});
const use = (id: string, name: string, input = {}) => ({ type: 'tool_use' as const, id, name, input });
const result = (id: string, content: string) => ({ type: 'tool_result' as const, tool_use_id: id, content });
const text = (words: string) => ({ type: 'text' as const, text: words });

describe('reading a transcript', () => {
  it('finds the role and the language', () => {
    const asked = { ...request([]), system: [text('<role>talkide-pm</role>'), text('<locale>cs</locale>')] };
    expect([roleOf(asked), localeOf(asked)]).toEqual(['talkide-pm', 'cs']);
    expect([roleOf(request([])), localeOf(request([]))]).toEqual([null, 'en']);
  });

  it('begins a turn where a person speaks, also beside the result of a question', () => {
    const turns = turnsOf(
      request([
        { role: 'user', content: [text('<system-reminder>Mind this.</system-reminder>'), text('Build it')] },
        { role: 'system', content: 'Environment' },
        { role: 'assistant', content: [text('Which?'), use('t1', 'ask')] },
        { role: 'user', content: [result('t1', 'Asked.'), text('The first')] },
        { role: 'assistant', content: [use('t2', 'Read')] },
        { role: 'user', content: [result('t2', 'A file'), text('<system-reminder>Careful.</system-reminder>')] },
      ]),
    );
    expect(turns.map(({ asked, steps }) => [asked, steps.length])).toEqual([
      ['Build it', 1],
      ['The first', 1],
    ]);
    expect(turns[1]?.steps[0]?.calls).toEqual([{ name: 'Read', input: {}, result: 'A file', isError: false }]);
  });

  it('tells the platform’s notes from a person’s words', () => {
    const content =
      '<note>It is no longer available.</note>\n\nGo on\n\n(A note of the platform: the build of version 2 failed.\n\nlog)';
    const [turn] = turnsOf(request([{ role: 'user', content }]));
    expect(turn?.asked).toBe('Go on');
    expect(turn?.notes).toMatch(/no longer available[\s\S]*build of version 2 failed/);
  });

  it('reads a file as it stands, without line numbers', () => {
    const stage = stageOf(
      request([
        { role: 'user', content: 'Change it' },
        { role: 'system', content: 'Primary working directory: /workspace/7\n' },
        { role: 'assistant', content: [use('t1', 'Read', { file_path: '/workspace/7/a.css' })] },
        { role: 'user', content: [result('t1', '     1→:root {\n     2→  --x: 1;\n     3→}')] },
      ]),
    );
    expect(textRead(stage, 'a.css')).toBe(':root {\n  --x: 1;\n}');
    expect(textRead(stage, 'b.css')).toBeNull();
  });
});
