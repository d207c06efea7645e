import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';

const keeper = new URL('./keeper.mjs', import.meta.url).href;
const platform = fileURLToPath(new URL('./kept.fixture.mjs', import.meta.url));

interface Kept {
  starter: ChildProcess;
  port: number;
  /** Of the second socket. */
  other: number;
  output(): string;
}

/** The starter with a platform that tells its ports and what it hears; `how` is for the successor. */
async function kept(how: 'loads' | 'fails' | 'dies' | 'old'): Promise<Kept> {
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
  await vi.waitUntil(() => /port \d+/.test(output) && /other \d+/.test(output), { timeout: 20_000 });
  const [port, other] = [/port (\d+)/, /other (\d+)/].map((told) => Number(told.exec(output)?.[1])) as [number, number];
  return { starter, port, other, output: () => output };
}

/** On a connection of its own: one that the first process had would end with it. */
async function ask(port: number): Promise<string> {
  const asked = request({ host: '127.0.0.1', port, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return text(answer);
}

test('a successor goes on with the listening sockets; what comes between waits', async () => {
  const { starter, port, other, output } = await kept('loads');
  expect(await ask(port)).toBe('first');
  starter.kill('SIGUSR2');
  await vi.waitUntil(() => output().includes('handed over'), { timeout: 20_000 });
  expect(await Promise.all([ask(port), ask(other)])).toEqual(['successor', 'successor']);
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

test('a successor that knows the first socket alone gets that; the other is closed', async () => {
  const { starter, port, other, output } = await kept('old');
  starter.kill('SIGUSR2');
  await vi.waitUntil(() => output().includes('handed over'), { timeout: 20_000 });
  expect(await ask(port)).toBe('successor');
  await expect(ask(other)).rejects.toThrow('ECONNREFUSED');
});

test('when the successor dies after all, the starter keeps no socket open and ends', async () => {
  const { starter, port } = await kept('dies');
  starter.kill('SIGUSR2');
  expect((await once(starter, 'exit'))[0]).toBe(0);
  await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
});
