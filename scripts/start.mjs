// npm start: everything from a fresh clone to a running platform.
import { delimiter, dirname, join } from 'node:path';
import { ensurePostgresTools } from './postgres-tools.mjs';
import { attach } from './processes.mjs';
import { fail } from './progress.mjs';
import { ensureCommand, ensureNode, ensurePackages, ensureStacks, ensureWebApp, root } from './toolchain.mjs';

try {
  const node = await ensureNode();
  await ensurePackages(node);
  await ensureStacks(node);
  await ensureWebApp(node);
  await ensurePostgresTools();
  await ensureCommand('bwrap', 'bubblewrap', 'Running agents and applications safely', { required: false });
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  // The channel closes when this process dies, however it dies; the platform then stops by itself.
  process.exitCode = await attach(node, [join(root, 'apps/server/src/main.ts')], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
} catch (error) {
  fail(error);
}
