import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project, RuntimeStatus, SessionGrant, Turn, UsageCall } from '@talkide/contracts';
import { type DemoModel, type MessagesRequest, type Reply, startDemoModel } from '@talkide/demo-model';
import { expect, onTestFinished, test } from 'vitest';
import { attachDatabase } from '../apps/server/src/composition/attach.ts';
import { readConfig } from '../apps/server/src/config.ts';
import { createApi, signUp, watchProject } from './support/api.ts';
import { CRYPTIC, launch } from './support/launch.ts';
import { freePort, makeHome, removeHome, startPlatform } from './support/platform.ts';

/** The program that the SDK brings, in the place of one that a developer has installed. */
const CLAUDE = createRequire(import.meta.url).resolve(
  `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`,
);
const PASSWORD = 'three unrelated words';

async function newHome(): Promise<string> {
  const home = await makeHome();
  onTestFinished(() => removeHome(home));
  return home;
}

/** A developer's folder of Claude Code, whose login is good for the demo model. */
async function claudeFolder(model: DemoModel): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tk-claude-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ env: { ANTHROPIC_BASE_URL: model.url } }));
  const claudeAiOauth = {
    ...{ accessToken: 'access-of-the-developer', refreshToken: 'refresh-of-the-developer' },
    ...{ expiresAt: Date.now() + 86_400_000, scopes: ['user:inference'], subscriptionType: 'max' },
  };
  await writeFile(join(folder, '.credentials.json'), JSON.stringify({ claudeAiOauth }), { mode: 0o600 });
  return folder;
}

/** Mara tries what she can reach, then a tester works; `found` takes what her commands printed. */
function probing(home: string, found: string[]) {
  const look = [
    `cat ${home}/secret.key || echo no secret`,
    `ls ${home} /dev/shm | grep -c . ; ls /work /root /home`,
    `cat /proc/1/environ /proc/self/environ | tr '\\0' '\\n' | grep -E 'TALKIDE_WORKER_TOKEN|SECRET|DATABASE' || echo no token`,
  ].join('; ');
  return (request: MessagesRequest): Reply => {
    const said = JSON.stringify(request.messages);
    if (!JSON.stringify(request.system).includes('<role>talkide-pm</role>')) return { text: 'It works.', tools: [] };
    if (said.includes('"Agent"')) return { text: 'All stands.', tools: [] };
    if (!said.includes('tool_result')) return { text: 'I look.', tools: [{ name: 'Bash', input: { command: look } }] };
    found.push(JSON.stringify(request.messages.at(-1)));
    const input = { subagent_type: 'talkide-tester', description: 'Tries it', prompt: 'Try it.' };
    return { text: 'My tester looks.', tools: [{ name: 'Agent', input }] };
  };
}

test('turns run with a developer’s own program and login, and cost tokens but no money', async () => {
  const home = await newHome();
  const found: string[] = [];
  const model = await startDemoModel({ script: probing(home, found) });
  onTestFinished(() => model.close());
  const env = {
    TALKIDE_EXECUTOR: 'cli',
    TALKIDE_SIGN_UP: 'invite',
    TALKIDE_CLAUDE_PROGRAM: CLAUDE,
    TALKIDE_CLAUDE_FOLDER: await claudeFolder(model),
  };
  const port = await freePort();
  let platform = await startPlatform({ home, port, env });
  onTestFinished(async () => void (await platform.stop()));
  expect(platform.output()).toContain('Agents run with your own Claude login');
  expect(platform.output()).not.toContain('demo model');

  const { api } = await signUp(platform.url, { email: 'ada@example.com', name: 'Ada', password: PASSWORD });
  expect(await api.get<RuntimeStatus>('/api/admin/runtime')).toMatchObject({ status: 'available', executor: 'CLI' });
  const project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  const watched = await watchProject(api, project);
  const { turn } = await watched.say('Build it');
  await watched.wait(
    (event): event is typeof event => event.type === 'turn.updated' && event.turn.status === 'SUCCEEDED',
    'the end of the turn',
  );
  watched.close();

  // The model's own count, call by call.
  const counted = model.served.map(({ requestId, role, usage }) => ({
    ...{ requestId, agentRole: role, model: 'claude-sonnet-5-5', estimated: false, chargedUsd: '0' },
    ...{ inputTokens: usage?.input_tokens, outputTokens: usage?.output_tokens },
    ...{ cacheReadTokens: usage?.cache_read_input_tokens, cacheWriteTokens: usage?.cache_creation_input_tokens },
  }));
  expect(counted).toHaveLength(4);
  const { items } = await api.get<{ items: UsageCall[] }>(`/api/usage/turns/${turn.id}/calls`);
  const byId = (a: { requestId: string | null }, b: { requestId: string | null }) =>
    String(a.requestId).localeCompare(String(b.requestId));
  expect(items.toSorted(byId)).toMatchObject(counted.toSorted(byId));
  expect(await api.get<Turn>(`/api/turns/${turn.id}`)).toMatchObject({ costUsd: '0' });

  const db = await attachDatabase(readConfig({ TALKIDE_HOME: home }, home));
  const rows = await db.system((tx) => tx.selectFrom('usage_event').selectAll().execute());
  expect(rows).toHaveLength(4);
  for (const row of rows)
    expect(row).toMatchObject({
      ...{ executor_type: 'CLI', turn_id: turn.id, model_price_id: null },
      ...{ raw_cost_usd: '0.0000000000', charged_cost_usd: '0.0000000000' },
    });
  expect(await db.system((tx) => tx.selectFrom('credit_hold').selectAll().execute())).toEqual([]);
  expect(await db.system((tx) => tx.selectFrom('fair_use_counter').selectAll().execute())).toEqual([]);
  const budget = await db.system((tx) => tx.selectFrom('user_budget').selectAll().executeTakeFirstOrThrow());
  expect(budget).toMatchObject({ ai_credit_usd: budget.ai_credit_initial_usd, month_spent_usd: '0.0000000000' });

  // What the agents could reach.
  expect(found[0]).toContain('no secret');
  expect(found[0]).toContain('no token');
  expect(found[0]).not.toContain((await readFile(join(home, 'secret.key'), 'utf8')).trim());

  // Another worker goes on in the same conversation: her memory is kept with the environment.
  await db.close();
  await platform.stop();
  platform = await startPlatform({ home, port, env });
  const later = await watchProject(api, project);
  await later.say('Go on');
  await later.wait(
    (event): event is typeof event => event.type === 'turn.updated' && event.turn.status === 'SUCCEEDED',
    'the end of the next turn',
  );
  later.close();
  expect(JSON.stringify(later.events)).not.toContain('session_regenerated');
  expect(model.served).toHaveLength(5);

  // Somebody else with an account is told why nobody works for him.
  const invite = await api.post<{ url: string }>('/api/admin/invites', { email: 'ben@example.com' });
  const ben = await createApi(platform.url).post<SessionGrant>('/api/auth/sign-up', {
    ...{ email: 'ben@example.com', name: 'Ben', password: PASSWORD },
    inviteToken: invite.url.split('#invite=')[1],
  });
  const his = createApi(platform.url, ben.accessToken);
  const other = await watchProject(his, await his.post<Project>('/api/projects', { name: 'Of another' }));
  onTestFinished(other.close);
  await expect(other.say('Build it')).rejects.toThrow(/^403 .*agents_not_yours/);

  await platform.stop();
  const again = await launch({ ...env, TALKIDE_HOME: home, TALKIDE_PORT: String(await freePort()) });
  expect(again.code).toBe(78);
  expect(again.output).toContain('others have accounts on this one');
  expect(again.output).not.toMatch(CRYPTIC);
});

test('starts that would lend a login, or find none, are refused with the mend', async () => {
  const model = await startDemoModel();
  onTestFinished(() => model.close());
  const own = {
    TALKIDE_EXECUTOR: 'cli',
    TALKIDE_SIGN_UP: 'closed',
    TALKIDE_HOME: await newHome(),
    TALKIDE_CLAUDE_PROGRAM: CLAUDE,
    TALKIDE_CLAUDE_FOLDER: await claudeFolder(model),
  };
  const refusals: [Record<string, string>, string][] = [
    [{ TALKIDE_SIGN_UP: 'open' }, 'Set TALKIDE_SIGN_UP=closed'],
    [{ TALKIDE_MODEL_API_KEY: 'sk-hunter2' }, 'Unset TALKIDE_MODEL_API_KEY'],
    [{ TALKIDE_CLAUDE_PROGRAM: 'no-such-claude' }, 'set TALKIDE_CLAUDE_PROGRAM to where it is'],
    [{ TALKIDE_CLAUDE_FOLDER: tmpdir() }, 'Run claude there and log in, or set TALKIDE_CLAUDE_FOLDER'],
  ];
  for (const [wrong, mend] of refusals) {
    const { code, output } = await launch({ ...own, ...wrong });
    expect(output).toContain(mend);
    expect(output).not.toMatch(CRYPTIC);
    expect(output).not.toContain('hunter2');
    expect(code).toBe(78);
  }
});
