/** The command of the README, as a person types it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort, makeHome, removeHome } from './support/platform.ts';
import { processesOf } from './support/processes.ts';

const root = resolve(import.meta.dirname, '..');

test('npm start prints the address; ending npm ends everything that it started', async () => {
  const home = await realpath(await makeHome());
  const port = await freePort();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TALKIDE_|npm_)/.test(name));
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: {
      ...Object.fromEntries(inherited),
      TALKIDE_HOME: home,
      TALKIDE_PORT: String(port),
      TALKIDE_METRICS_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(async () => {
    // Whatever a failure left: the group that npm began.
    if (npm.pid) {
      try {
        process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // Nothing is left of it, as it should be.
      }
    }
    await removeHome(home);
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const options = { timeout: 120_000, interval: 50 };
  await vi.waitUntil(() => output.includes('TalkIDE is ready'), options);
  expect(output).toContain(`http://localhost:${port}`);
  expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);

  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await vi.waitUntil(async () => (await processesOf(home)).length === 0, { timeout: 20_000, interval: 100 });
});
