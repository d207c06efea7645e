// npm run dev: the API on 9090, restarted when its sources change, and the web app with hot reload on 5200.
import { delimiter, dirname, join } from 'node:path';
import { ensurePostgresTools } from './postgres-tools.mjs';
import { attach } from './processes.mjs';
import { fail } from './progress.mjs';
import { ensureNode, ensurePackages, ensureSandboxTools, ensureStacks, ensureWebApp, root } from './toolchain.mjs';

try {
  const node = await ensureNode();
  await ensurePackages(node);
  await ensureStacks(node);
  await ensureWebApp(node);
  await ensurePostgresTools();
  await ensureSandboxTools();
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const stdio = 'inherit';
  await Promise.race([
    attach(node, ['--watch-path=apps/server/src', '--watch-path=packages', 'apps/server/src/main.ts'], {
      env,
      stdio,
      cwd: root,
    }),
    attach(node, [join(root, 'node_modules/vite/bin/vite.js')], { env, stdio, cwd: join(root, 'apps/web') }),
  ]);
  process.exit(0);
} catch (error) {
  fail(error);
}
