// npm run ledger:verify: adds the recorded model calls up again and compares them with the ledger.

import { join } from 'node:path';
import { attach } from './processes.mjs';
import { fail } from './progress.mjs';
import { ensureNode, root } from './toolchain.mjs';

try {
  const node = await ensureNode();
  process.exitCode = await attach(node, [join(root, 'scripts/verify-ledger.ts')], { env: process.env, cwd: root });
} catch (error) {
  fail(error);
}
