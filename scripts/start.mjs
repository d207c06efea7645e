// npm start: everything from a fresh clone to a running platform.
import { delimiter, dirname, join } from 'node:path';
import { keepPlatform } from './keeper.mjs';
import { ensurePostgresTools } from './postgres-tools.mjs';
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
  process.exitCode = await keepPlatform(node, [join(root, 'apps/server/src/main.ts')], { env });
} catch (error) {
  fail(error);
}
