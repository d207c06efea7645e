/**
 * The checks. `node scripts/checks.ts quick` is the inner loop (format, lint, types, unit tests);
 * `all` adds module boundaries, dead code, generated files, and the tests with real parts.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Check {
  name: string;
  argv: readonly string[];
}

const node = process.execPath;
const bin = (name: string) => join(import.meta.dirname, '..', 'node_modules', '.bin', name);

const format: Check = { name: 'format and lint', argv: [bin('biome'), 'ci', '.'] };
const types: Check = { name: 'types', argv: [bin('tsc'), '-p', 'tsconfig.json'] };
const webTypes: Check = {
  name: 'types of the web app',
  argv: [bin('vue-tsc'), '-p', 'apps/web/tsconfig.json', '--noEmit'],
};
const boundaries: Check = {
  name: 'module boundaries',
  argv: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'apps', 'packages'],
};
const deadCode: Check = { name: 'dead code', argv: [bin('knip')] };
const api: Check = { name: 'generated API', argv: [node, 'scripts/generate-api.ts', '--check'] };
const configDocs: Check = { name: 'documented configuration', argv: [node, 'scripts/generate-docs.ts', '--check'] };
const databaseTypes: Check = {
  name: 'generated database types',
  argv: [node, 'scripts/generate-db-types.ts', '--check'],
};

async function tests(projects: readonly string[]): Promise<{ check: Check; report: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'talkide-tests-'));
  const report = join(folder, 'report.json');
  const argv = [
    bin('vitest'),
    'run',
    ...projects.flatMap((one) => ['--project', one]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  return { check: { name: `tests (${projects.join(', ')})`, argv }, report, folder };
}

/** Runs a check; its output is shown when it fails or when it is asked for. */
function run({ name, argv }: Check, loud = false): Promise<boolean> {
  const begun = Date.now();
  return new Promise((resolve) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer) => (loud ? process.stdout.write(chunk) : chunks.push(chunk));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', (code) => {
      const ok = code === 0;
      if (!ok) process.stdout.write(Buffer.concat(chunks));
      console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
      resolve(ok);
    });
  });
}

async function runTests(projects: readonly string[]): Promise<{ ok: boolean; passed: number; failed: number }> {
  const { check, report, folder } = await tests(projects);
  try {
    const ok = await run(check, true);
    const counts = JSON.parse(await readFile(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    if (counts.numPassedTests === 0 || counts.numPendingTests > 0) {
      console.log('FAIL a test was skipped, or none ran');
      return { ok: false, passed: counts.numPassedTests, failed: counts.numFailedTests };
    }
    return { ok, passed: counts.numPassedTests, failed: counts.numFailedTests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const all = process.argv[2] === 'all';
const quick = [format, types, webTypes];
const results: boolean[] = [];
// Two cores: the type checkers run side by side, the rest after them.
results.push(...(await Promise.all(quick.map((check) => run(check)))));
if (all) for (const check of [boundaries, deadCode, api, configDocs, databaseTypes]) results.push(await run(check));

const { ok, passed, failed } = await runTests(all ? ['unit', 'web', 'integration', 'e2e'] : ['unit']);
console.log(`${passed} passed, ${failed} failed`);
process.exit(ok && results.every(Boolean) ? 0 : 1);
