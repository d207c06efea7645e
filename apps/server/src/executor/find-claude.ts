import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '../config.ts';
import { type Bind, inside } from '../runtime/index.ts';

/** A `claude` of this machine, as a worker is shown it. */
export interface Claude {
  /** Where it stands inside. */
  program: string;
  bind: Bind;
}

const SETTING = 'TALKIDE_CLAUDE_PROGRAM';
const ELF = '\x7fELF';
const SCRIPTS = new Set(['.js', '.cjs', '.mjs']);

const is = (path: string, mode: number) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Looks a command up as a shell does; a path is taken as it is. */
async function locate(command: string, searchPath: string): Promise<string | null> {
  const candidates = command.includes('/')
    ? [resolve(command)]
    : searchPath.split(delimiter).flatMap((folder) => (isAbsolute(folder) ? [join(folder, command)] : []));
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile() && (await is(candidate, constants.X_OK))) return realpath(candidate);
  }
  return null;
}

async function isNative(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ELF.length), 0, ELF.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === ELF;
  } finally {
    await handle.close();
  }
}

/** The folder of the package that a file belongs to. */
async function packageOf(file: string): Promise<string | null> {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (await is(join(folder, 'package.json'), constants.R_OK)) return folder;
  }
  return null;
}

/** Finds the developer's `claude`: a program of one file, or one of npm with its package. */
export async function findClaude(command: string, searchPath: string): Promise<Claude> {
  const file = await locate(command, searchPath);
  if (!file)
    throw new ConfigError(
      `TALKIDE_EXECUTOR=cli needs Claude Code, and there is no program ${command}${command.includes('/') ? '' : ' on the PATH'}. Install it, or set ${SETTING} to where it is.`,
    );
  const shown = { mode: 'ro', trusted: true } as const;
  if (await isNative(file)) {
    const program = join(inside.claude, 'claude');
    return { program, bind: { from: file, to: program, ...shown } };
  }
  const folder = SCRIPTS.has(extname(file)) ? await packageOf(file) : null;
  if (folder)
    return {
      program: join(inside.claude, relative(folder, file)),
      bind: { from: folder, to: inside.claude, ...shown },
    };
  throw new ConfigError(`${file} starts Claude Code but is not the program itself. Set ${SETTING} to the program.`);
}
