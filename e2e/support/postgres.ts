import { descendants } from './platform.ts';
import { processesOf } from './processes.ts';

/** The server of a home and all its backends. */
async function servers(home: string): Promise<{ main: number; all: number[] }> {
  const main = (await processesOf(home)).find(({ command }) => /postgres\S* -D /.test(command))?.pid;
  if (main === undefined) throw new Error('PostgreSQL does not run');
  return { main, all: await descendants(main) };
}

/** Stops the embedded server in the middle of everything; the answer lets it go on. */
export async function holdPostgres(home: string): Promise<() => void> {
  const { all } = await servers(home);
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  };
}

/** Kills the embedded server. */
export async function killPostgres(home: string): Promise<void> {
  process.kill((await servers(home)).main, 'SIGKILL');
}
