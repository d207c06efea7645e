import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { agentEnv, agentOptions } from './agent-options.ts';
import { agentDefinitions, loadTeam, parseAgentFile, renderPrompt, SPECIALISTS } from './agents.ts';
import { useOwnLogin } from './own-login.ts';
import { turnPrompt } from './prompt.ts';

const team = loadTeam(fileURLToPath(new URL('../agents', import.meta.url)));
const facts = {
  projectName: 'Rosewood Inn',
  locale: 'cs' as const,
  cwd: '/workspace/7',
  stack: {
    id: 's',
    name: 'TypeScript',
    notesFile: 'AGENTS.md',
    commands: { build: ['node', 'build.mjs'], test: ['node', '--test', 'test/**/*.test.ts'] },
  },
};
const noTurn = () => Promise.reject(new Error('no turn runs'));
const place = {
  ...{
    home: '/home/mara',
    path: '/bin',
    tempFolder: null,
    key: 'relay-1',
    access: { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1', ANTHROPIC_AUTH_TOKEN: 'relay-1' } },
    maxRetries: 6,
  },
  tools: { look: noTurn, packages: noTurn },
};

describe('the team', () => {
  it('has a role and a language marked in every prompt, and no placeholder left', () => {
    const prompts = [
      renderPrompt(team.mara.prompt, facts),
      ...Object.values(agentDefinitions(team, facts)).map((one) => one.prompt),
    ];
    expect(prompts).toHaveLength(SPECIALISTS.length + 1);
    for (const prompt of prompts) {
      expect(prompt).toMatch(/^<role>talkide-[a-z-]+<\/role>\n<locale>cs<\/locale>/);
      expect(prompt).not.toContain('{{');
    }
    expect(prompts[0]).toContain("`node --test 'test/**/*.test.ts'`");
  });

  it('lets only Mara ask and delegate', () => {
    expect(team.mara.tools).toContain('mcp__talkide__ask');
    for (const one of Object.values(team.specialists)) {
      expect(one.tools).not.toContain('Agent');
      expect(one.tools).not.toContain('mcp__talkide__ask');
    }
  });

  it('lets everyone look at the running application', () => {
    for (const one of [team.mara, ...Object.values(team.specialists)])
      expect(one.tools).toContain('mcp__talkide__look');
  });

  it('refuses an agent file without its head', () => {
    expect(() => parseAgentFile('Just a prompt')).toThrow('An agent file needs');
  });
});

describe('an agent process', () => {
  it('gets a short tool list, no settings and an environment of its own', () => {
    const options = agentOptions(team, facts, 'some-model', place, { kind: 'resume', sessionId: 's-1' });
    expect(options).toMatchObject({
      resume: 's-1',
      settingSources: [],
      permissionMode: 'bypassPermissions',
      cwd: '/workspace/7',
    });
    expect(options.tools).toEqual(['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash', 'Agent']);
    expect(Object.keys(options.env ?? {})).not.toContain('TALKIDE_WORKER_TOKEN');
    expect(agentOptions(team, facts, 'm', place, { kind: 'new', sessionId: 's-2' })).toMatchObject({
      sessionId: 's-2',
    });
    expect(options).not.toHaveProperty('pathToClaudeCodeExecutable');
  });

  it('is told where to keep what it needs for a while, where there is no /tmp of its own', () => {
    expect(agentEnv(place)).not.toHaveProperty('TMPDIR');
    expect(agentEnv({ ...place, tempFolder: '/t/1' })).toMatchObject({ TMPDIR: '/t/1', CLAUDE_CODE_TMPDIR: '/t/1' });
  });

  it('runs a developer’s own program with what its login needs, and nothing of the platform’s can be set by it', () => {
    const { program, env } = {
      program: '/opt/claude/claude',
      env: { ANTHROPIC_BASE_URL: 'http://own', IS_SANDBOX: '' },
    };
    const seat = useOwnLogin({ program, env }).seat();
    const options = agentOptions(team, facts, 'm', { ...place, ...seat }, { kind: 'new', sessionId: 's-2' });
    expect(options.pathToClaudeCodeExecutable).toBe(program);
    expect(options.env).toMatchObject({
      ANTHROPIC_BASE_URL: 'http://own',
      IS_SANDBOX: '1',
      TALKIDE_AGENT_SESSION: seat.key,
    });
    expect(options.env).not.toHaveProperty('ANTHROPIC_AUTH_TOKEN');
  });
});

describe('what a turn says', () => {
  it('is the person’s words, after notes that only the platform knows', () => {
    expect(turnPrompt({ kind: 'USER', attempt: 1, prompt: '/clear @file', variables: [] }, false)).toBe('/clear @file');
    const again = turnPrompt({ kind: 'USER', attempt: 2, prompt: 'Hello', variables: [] }, true);
    expect(again).toMatch(/^<note>.*no longer available.*<\/note>\n\n<note>.*cut short.*<\/note>\n\nHello$/);
    const named = turnPrompt(
      { kind: 'USER', attempt: 1, prompt: 'Hello', variables: ['STRIPE_KEY', 'SMTP_URL'] },
      false,
    );
    expect(named).toMatch(/^<note>.*STRIPE_KEY, SMTP_URL\..*process\.env.*<\/note>\n\nHello$/);
    expect(turnPrompt({ kind: 'REPAIR', attempt: 1, prompt: 'log', variables: [] }, false)).toBe(
      '<repair>\nlog\n</repair>',
    );
  });
});
