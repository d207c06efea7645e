import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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

const ask = async (port: number) => (await fetch(`http://127.0.0.1:${port}`, { keepalive: false })).text();

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
