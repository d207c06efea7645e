import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const REASON_CHARACTERS = 500;

type Tool = 'pg_dump' | 'pg_restore';
type Env = Readonly<Record<string, string>>;

/** pg_dump and pg_restore of the server's own major version. */
export interface PostgresTools {
  run(tool: Tool, args: readonly string[], env: Env): Promise<string>;
  /** What a tool puts out, as it comes; the stream fails when the tool does, and the tool ends when the stream is destroyed. */
  read(tool: Tool, args: readonly string[], env: Env): Readable;
  /** Gives a tool its input. */
  write(tool: Tool, args: readonly string[], env: Env, input: Readable): Promise<void>;
}

export class PostgresToolFailed extends Error {}

/** Null while this machine has none of the server's version. */
export type ToolFinder = () => Promise<PostgresTools | null>;

export async function neededTools(find: ToolFinder): Promise<PostgresTools> {
  const found = await find();
  if (!found) throw new Error('This machine has no pg_dump of the version of its PostgreSQL.');
  return found;
}

/** Asks for the tools when they are needed; what is missing may be installed by the next time. */
export function createToolFinder(folders: readonly string[], serverMajor: () => Promise<number>): ToolFinder {
  let found: Promise<PostgresTools | null> | undefined;
  return async () => {
    found ??= serverMajor().then((major) => findPostgresTools(folders, major));
    const result = await found.catch(() => null);
    if (!result) found = undefined;
    return result;
  };
}

/** The first folder with tools of a major version; null when there is none. */
async function findPostgresTools(folders: readonly string[], major: number): Promise<PostgresTools | null> {
  for (const folder of folders) {
    if (!(await isThere(folder))) continue;
    const version = await call(join(folder, 'pg_dump'), ['--version'], {}).catch(() => '');
    if (Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]) !== major) continue;
    return {
      run: (tool, args, env) => call(join(folder, tool), args, env),
      read: (tool, args, env) => Readable.from(output(join(folder, tool), args, env), { objectMode: false }),
      write: (tool, args, env, input) => feed(join(folder, tool), args, env, input),
    };
  }
  return null;
}

const isThere = async (folder: string): Promise<boolean> => {
  const found = ['pg_dump', 'pg_restore'].map((tool) => access(join(folder, tool), constants.X_OK));
  return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled');
};

/** The password is in the environment only: a command line can be read by everyone on the machine. */
const environment = (env: Env) => ({ LC_ALL: 'C', ...env });

function call(path: string, args: readonly string[], env: Env): Promise<string> {
  const options = { env: environment(env), timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(path, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new PostgresToolFailed(reasonOf(error, stderr), { cause: error }));
    });
  });
}

function start(path: string, args: readonly string[], env: Env) {
  const child = spawn(path, args, { env: environment(env), timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
  let said = '';
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new PostgresToolFailed(error.message, { cause: error })));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new PostgresToolFailed(reasonOf({ killed: child.killed }, said)));
    });
  });
  // Awaited later than it may fail.
  ended.catch(() => {});
  // One that could not be started, since all files are in use, has none.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  return { child, ended };
}

async function* output(path: string, args: readonly string[], env: Env): AsyncGenerator<Buffer> {
  const { child, ended } = start(path, args, env);
  child.stdin.end();
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
}

async function feed(path: string, args: readonly string[], env: Env, input: Readable): Promise<void> {
  const { child, ended } = start(path, args, env);
  child.stdout.resume();
  try {
    await pipeline(input, child.stdin);
  } catch (error) {
    // A tool that ended takes no more: then it says why, and the pipe does not.
    const isCut = (error as NodeJS.ErrnoException).code === 'EPIPE' || child.exitCode !== null;
    child.kill('SIGKILL');
    await ended.catch((reason: unknown) => {
      if (isCut) throw reason;
    });
    throw error;
  }
  await ended;
}

function reasonOf(error: Pick<ExecFileException, 'killed'>, stderr: string): string {
  if (error.killed) return `it took more than ${TIMEOUT_MS / 1000} seconds`;
  return stderr.trim().split('\n').slice(-3).join(' ').slice(0, REASON_CHARACTERS) || 'the tool could not be run';
}
