import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const TOKEN = 'TALKIDE_WORKER_TOKEN';
const TOKEN_FILE = 'TALKIDE_WORKER_TOKEN_FILE';

/**
 * The worker's token, for this process alone. The environment that a process was started with can be read in `/proc` by
 * everything the agents run, whatever is deleted from it later: a worker that finds its token there starts itself again
 * without it. The file lives until the next line of the new program, before any agent does.
 */
export function takeOwnToken(env: NodeJS.ProcessEnv): string | undefined {
  const { [TOKEN]: token, [TOKEN_FILE]: file, ...others } = env;
  if (file) {
    const kept = readFileSync(file, 'utf8');
    rmSync(dirname(file), { recursive: true });
    delete env[TOKEN_FILE];
    return kept;
  }
  if (token && process.platform === 'linux' && process.execve) {
    const hidden = join(mkdtempSync(join(tmpdir(), 'worker-')), 'token');
    writeFileSync(hidden, token, { mode: 0o600 });
    process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      ...others,
      [TOKEN_FILE]: hidden,
    });
  }
  delete env[TOKEN];
  return token;
}
