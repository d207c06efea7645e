import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder of npm's own files. */
export const npmDir = dirname(createRequire(import.meta.url).resolve('npm/package.json'));

/** The registry that this machine's npm is set to; found out once, at the first use, since asking takes a quarter of a second. */
export function machineRegistry(): () => Promise<URL> {
  let found: Promise<URL> | undefined;
  const ask = async () => {
    const { stdout } = await run(process.execPath, [join(npmDir, 'bin/npm-cli.js'), 'config', 'get', 'registry'], {
      cwd: tmpdir(),
      timeout: 10_000,
    });
    return new URL(stdout.trim());
  };
  return () => {
    found ??= ask().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
