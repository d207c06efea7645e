// npm run webhooks:replay -- --all | --id <event> | --type <type>: has stored webhooks handled again.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attach } from './processes.mjs';
import { fail, Sentence } from './progress.mjs';
import { ensureNode, root } from './toolchain.mjs';

const usage = 'Say which: npm run webhooks:replay -- --all, or --id evt_…, or --type payment_intent.succeeded';
const options = { all: { type: 'boolean' }, id: { type: 'string' }, type: { type: 'string' } };

try {
  const { values } = parseArgs({ options });
  if (Object.keys(values).length !== 1) throw new Sentence(usage);
  const node = await ensureNode();
  process.exitCode = await attach(node, [join(root, 'scripts/replay-webhooks.ts'), JSON.stringify(values)], {
    env: process.env,
    cwd: root,
  });
} catch (error) {
  fail(error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? new Sentence(usage) : error);
}
