// npm test: every check, on a fresh clone too. Ends with the counts.
import { delimiter, dirname, join } from 'node:path';
import { ensurePostgresTools } from './postgres-tools.mjs';
import { attach } from './processes.mjs';
import { fail, Sentence } from './progress.mjs';
import { ensureCommand, ensureNode, ensurePackages, ensureStacks, ensureWebApp, root } from './toolchain.mjs';

try {
  const node = await ensureNode();
  await ensurePackages(node);
  await ensureStacks(node);
  await ensureCommand('bwrap', 'bubblewrap', 'Running the sandbox tests', { required: true });
  await ensureCommand('chromium', 'chromium', 'Running the browser tests', { required: true });
  await ensureCommand('redis-server', 'redis-server', 'Running the tests of counters in Redis', { required: true });
  await ensureCommand('pgbouncer', 'pgbouncer', 'Running the tests of pooled connections', { required: true });
  await ensureCommand('git', 'git', 'Keeping versions of projects', { required: true });
  await ensureWebApp(node);
  await ensurePostgresTools({ required: true });
  const env = {
    ...process.env,
    PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
  const begun = Date.now();
  const code = await attach(node, [join(root, 'scripts/checks.ts'), 'all'], { env, cwd: root });
  process.stderr.write(`All checks took ${Math.round((Date.now() - begun) / 1000)} s.\n`);
  if (code !== 0) throw new Sentence('Some checks failed; see above.');
} catch (error) {
  fail(error);
}
