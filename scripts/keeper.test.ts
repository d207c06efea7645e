import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';

const keeper = new URL('./keeper.mjs', import.meta.url).href;
const platform = fileURLToPath(new URL('./kept.fixture.mjs', import.meta.url));

/** The starter with a platform that tells its port and what it hears; `how` is for the successor. */
async function kept(how: 'loads' | 'fails'): Promise<{ starter: ChildProcess; port: number; output(): string }> {
  const program = `
    import { keepPlatform } from ${JSON.stringify(keeper)};
    process.exitCode = await keepPlatform(process.execPath, [${JSON.stringify(platform)}, ${JSON.stringify(how)}]);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void starter.kill('SIGKILL'));
  let output = '';
  starter.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await vi.waitUntil(() => /port \d+/.test(output), { timeout: 20_000 });
  return { starter, port: Number(/port (\d+)/.exec(output)?.[1]), output: () => output };
}

/** On a connection of its own: one that the first process had would end with it. */
async function ask(port: number): Promise<string> {
  const asked = request({ host: '127.0.0.1', port, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return text(answer);
}

test('a successor goes on with the listening socket; what comes between waits', async () => {
  const { starter, port, output } = await kept('loads');
  expect(await ask(port)).toBe('first');
  starter.kill('SIGUSR2');
  await vi.waitUntil(() => output().includes('handed over'), { timeout: 20_000 });
  expect(await ask(port)).toBe('successor');
  starter.kill('SIGTERM');
  await once(starter, 'exit');
  await expect(ask(port)).rejects.toThrow();
});

test('a successor that does not load changes nothing', async () => {
  const { starter, port, output } = await kept('fails');
  starter.kill('SIGUSR2');
  await vi.waitUntil(() => output().includes('stays'), { timeout: 20_000 });
  expect(await ask(port)).toBe('first');
  starter.kill('SIGTERM');
  expect((await once(starter, 'exit'))[0]).toBe(143);
});
