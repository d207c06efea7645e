import { mkdir, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = import.meta.dirname;
const started = performance.now();

const [{ build }, { rolldown }, { default: config }] = await Promise.all([
  import('vite'),
  import('rolldown'),
  import('./vite.config.ts'),
]);

/** Bundles the web pages into dist/web. */
function buildWeb() {
  return build({ ...config, configFile: false, logLevel: 'silent' });
}

/** Bundles the server with its packages into dist/server.js, readable, so that a stack trace in the log is too. */
async function buildServer() {
  const bundle = await rolldown({
    cwd: root,
    input: 'server/main.ts',
    platform: 'node',
    resolve: { symlinks: false },
    // Without this, comments name the folder the packages lie in, and the bytes depend on the machine.
    experimental: { attachDebugInfo: 'none' },
    onLog(level, log) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      if (level === 'warn' && !log.id?.includes('node_modules')) process.stderr.write(`${log.message}\n`);
    },
  });
  await bundle.write({ file: `${root}/dist/server.js`, format: 'esm', codeSplitting: false });
  await bundle.close();
  await writeFile(`${root}/dist/package.json`, '{"type":"module"}\n');
}

/** One plain text per fault, with the file first, in an order that does not depend on which file came first. */
function faults(reason) {
  const errors = reason.errors?.length > 0 ? reason.errors : [reason];
  return errors.map((error) => `${place(error)}${readable(error)}`).sort();
}

function place({ id, loc }) {
  const file = id ?? loc?.file;
  if (!file) return '';
  const line = loc ? `:${loc.line}:${loc.column}` : '';
  return `${relative(root, file.split('?')[0])}${line}: `;
}

function readable({ message, frame }) {
  const text = frame && !message.includes(frame) ? `${message}\n${frame}` : message;
  return stripVTControlCharacters(text)
    .replaceAll(`${root}/`, '')
    .replaceAll(/\?vue&type=[^\s'":]+/g, '');
}

await mkdir(`${root}/dist`, { recursive: true });
const results = await Promise.allSettled([buildWeb(), buildServer()]);
const failures = results.filter((result) => result.status === 'rejected').flatMap(({ reason }) => faults(reason));
if (failures.length > 0) {
  process.stderr.write(`The build failed.\n\n${[...new Set(failures)].slice(0, 10).join('\n\n')}\n`);
  process.exit(1);
}
process.stdout.write(`Built the web pages and the server in ${Math.round(performance.now() - started)} ms.\n`);
