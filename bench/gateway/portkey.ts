/** Portkey's gateway from npm, the peer that people know, installed when it is first needed. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Bench } from './rig.ts';
import { peersFolder } from './rig.ts';

/** Later versions of the two break its streams. */
const PINNED = { '@hono/node-server': '1.13.5', hono: '4.9.7' };
const MANIFEST = {
  name: 'talkide-bench-peers',
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2', ...PINNED },
  overrides: PINNED,
};
const START_MS = 30_000;

export async function startPortkey(
  upstream: string,
  keep: Bench['keep'],
): Promise<{ url: string; pid: number; headers: Record<string, string> }> {
  const script = await install();
  const port = await freePort();
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  keep(child);
  const url = `http://127.0.0.1:${port}`;
  await untilUp(url);
  const headers = { 'x-portkey-provider': 'anthropic', 'x-portkey-custom-host': `${upstream}/v1` };
  return { url, pid: child.pid ?? 0, headers };
}

async function install(): Promise<string> {
  const folder = join(peersFolder, 'portkey');
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (existsSync(script)) return script;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST));
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  return script;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

async function untilUp(url: string): Promise<void> {
  const end = Date.now() + START_MS;
  for (;;) {
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    if (Date.now() > end) throw new Error('Portkey does not start');
    await delay(100);
  }
}
