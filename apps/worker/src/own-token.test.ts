import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')('a worker calls with its token, which nobody finds in /proc', async () => {
  const home = mkdtempSync(join(tmpdir(), 'own-token-'));
  const socket = join(home, 'control.sock');
  const asked = Promise.withResolvers<{ request: IncomingMessage; response: ServerResponse }>();
  const control = createServer((request, response) => asked.resolve({ request, response })).listen(socket);
  const worker = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      HOME: home,
      TMPDIR: home,
      PATH: process.env.PATH ?? '',
      TALKIDE_CONTROL_SOCKET: socket,
      TALKIDE_WORKER_TOKEN: 'tkw_only_mine',
    },
    stdio: 'ignore',
  });
  try {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const { request, response } = await asked.promise;
    expect(request.headers.authorization).toBe('Bearer tkw_only_mine');
    expect(readFileSync(`/proc/${worker.pid}/environ`, 'utf8')).not.toContain('tkw_only_mine');
    expect(readdirSync(home).filter((name) => name.startsWith('worker-'))).toEqual([]);
    response.writeHead(204, { 'x-talkide-idle': 'exit' }).end();
    expect(await ended).toBe(0);
  } finally {
    worker.kill('SIGKILL');
    control.close();
    rmSync(home, { recursive: true, force: true });
  }
});
