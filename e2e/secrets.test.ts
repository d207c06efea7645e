import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '@talkide/contracts';
import { startDemoModel } from '@talkide/demo-model';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApi, signUp, watchProject } from './support/api.ts';
import { dumpDatabase } from './support/dump.ts';
import { freePort, makeHome, removeHome, startPlatform } from './support/platform.ts';
import { processesOf } from './support/processes.ts';

const KEY = 'sk-secret-model-key-5f0c';
/** What the owner of the application tells it. */
const VARIABLE = 'sk-of-the-owner-71c2';
const PASSWORD = 'three unrelated words';
const SMTP = 'smtp://mailer:hunter2hunter2@127.0.0.1:1';

async function textsBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}

/** Environments of the processes below a home, but for the platform's own, which was given its settings there. */
async function environments(home: string, platformPid: number): Promise<string[]> {
  const others = (await processesOf(home)).filter(({ pid }) => pid !== platformPid);
  return Promise.all(others.map(({ pid }) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')));
}

test('no log, file, process or row holds a key, a token or a password after work with errors', async () => {
  const home = await makeHome();
  onTestFinished(() => removeHome(home));
  const model = await startDemoModel({});
  onTestFinished(() => model.close());
  const platform = await startPlatform({
    home,
    port: await freePort(),
    env: {
      TALKIDE_MODEL_API_KEY: KEY,
      TALKIDE_MODEL_BASE_URL: model.url,
      TALKIDE_MODEL: 'talkide-demo',
      TALKIDE_STARTING_CREDIT_USD: '100',
      TALKIDE_SMTP_URL: SMTP,
      TALKIDE_LOG_LEVEL: 'debug',
    },
  });
  onTestFinished(async () => void (await platform.stop()));
  const { api, grant } = await signUp(platform.url, { email: 'ada@example.com', name: 'Ada', password: PASSWORD });
  const project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  const variables = [{ name: 'PAYMENT_KEY', value: VARIABLE }];
  await api.put(`/api/projects/${project.id}/variables`, { kinds: ['PREVIEW', 'PUBLISHED'], variables });
  const watched = await watchProject(api, project);
  await watched.say('Make the header green');
  await watched.wait((event): event is typeof event => event.type === 'turn.cost', 'a call of the running turn');
  for (const environment of await environments(home, platform.pid)) {
    expect(environment).not.toContain(KEY);
    // The application itself has it, and nobody else.
    if (!environment.includes('APP_NAME=')) expect(environment).not.toContain(VARIABLE);
  }
  await watched.wait(
    (event): event is typeof event => event.type === 'turn.updated' && event.turn.status === 'SUCCEEDED',
    'the end of the turn',
  );
  // The upstream goes away: the next turn fails with its error in the log.
  await model.close();
  await watched.say('Make the header blue');
  await watched.wait(
    (event): event is typeof event => event.type === 'turn.updated' && event.turn.status === 'FAILED',
    'the failed turn',
    watched.events.length,
    180_000,
  );
  watched.close();
  await createApi(platform.url)
    .post('/api/auth/sign-in', { email: 'ada@example.com', password: `${PASSWORD} wrong` })
    .catch(() => {});
  await createApi(platform.url)
    .post('/api/auth/reset-request', { email: 'ada@example.com' })
    .catch(() => {});
  await vi.waitUntil(async () => (await textsBelow(join(home, 'log'))).size >= 3, 15_000);
  const dump = await dumpDatabase(home);
  await platform.stop();

  const secretKey = (await readFile(join(home, 'secret.key'), 'utf8')).trim();
  const adminPassword = (await readFile(join(home, 'postgres', 'admin-password'), 'utf8')).trim();
  const secrets = [KEY, VARIABLE, PASSWORD, 'hunter2hunter2', grant.accessToken, secretKey, adminPassword];
  for (const [file, text] of await textsBelow(join(home, 'log'))) {
    for (const secret of secrets) expect(text.includes(secret), `${secret.slice(0, 6)}… in ${file}`).toBe(false);
    expect(text, file).not.toMatch(/postgres(ql)?:\/\/[^:/\s]+:[^@\s]+@/);
  }
  expect(platform.output()).not.toContain(KEY);
  // Rows as text, and every file there is: trees, homes of workers, journals, PostgreSQL's own.
  expect(dump).toContain('usage_event');
  for (const secret of [KEY, VARIABLE]) expect(dump).not.toContain(secret);
  expect(dump).not.toContain(grant.accessToken);
  for (const [file, text] of await textsBelow(home)) {
    for (const secret of [KEY, VARIABLE]) expect(text.includes(secret), file).toBe(false);
  }
});
