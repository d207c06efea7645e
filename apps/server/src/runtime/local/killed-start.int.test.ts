import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { processesWith, testRuntime } from './testing.ts';

const marker = `killed-start-${process.pid}.cjs`;

/** An application that begins to listen at its second start only, with what its first does instead. */
async function atTheFirst(doing: string) {
  const on = await testRuntime();
  onTestFinished(on.close);
  const [artefactDir, cacheDir] = [join(on.dir, 'app'), join(on.dir, 'cache')];
  for (const folder of [artefactDir, cacheDir]) mkdirSync(folder);
  const code = `
    const fs = require('node:fs');
    if (fs.existsSync('/var/cache/app/begun')) {
      require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.SOCKET_PATH);
    } else {
      fs.writeFileSync('/var/cache/app/begun', '');
      ${doing}
    }`;
  writeFileSync(join(artefactDir, marker), code);
  const started = on.runtime.startApp({
    ...{ id: 'a', artefactDir, cacheDir, argv: ['node', marker], env: {}, limits: { memoryMb: 128, pids: 32 } },
    ...{ socketDir: join(on.dir, 's'), logFile: join(on.dir, 'log'), healthPath: '/', startTimeoutMs: 20_000 },
  });
  return { started, begun: () => vi.waitFor(() => readFileSync(join(cacheDir, 'begun')), 15_000) };
}

test('an app that is killed in its start is started once more', async () => {
  const { started, begun } = await atTheFirst('setInterval(() => {}, 1000);');
  await begun();
  const isNode = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node\0');
  for (const pid of processesWith(marker).filter(isNode)) process.kill(Number(pid), 'SIGKILL');
  const app = await started;
  await app.stop(10_000);
});

test('an app that ends by itself in its start is not', async () => {
  const { started } = await atTheFirst(`console.log('no such table'); process.exit(7);`);
  await expect(started).rejects.toMatchObject({ reason: 'exited', logTail: 'no such table\n' });
});
