// npm run release: what is in this folder now takes over from the platform that runs, without a failed request.
import { delimiter, dirname, join } from 'node:path';
import { attach } from './processes.mjs';
import { fail } from './progress.mjs';
import { ensureNode, ensurePackages, ensureStacks, ensureWebApp, root } from './toolchain.mjs';

try {
  const node = await ensureNode();
  await ensurePackages(node);
  await ensureStacks(node);
  await ensureWebApp(node);
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  process.exitCode = await attach(node, [join(root, 'scripts/release.ts')], { env });
} catch (error) {
  fail(error);
}
