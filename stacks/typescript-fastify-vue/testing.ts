import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const repository = join(here, '../..');
const template = join(here, 'template');

export interface Manifest {
  id: string;
  commands: Record<'install' | 'build' | 'test' | 'run', [string, ...string[]]>;
  healthPath: string;
  outputs: string[];
  notes: string;
}

export const manifest: Manifest = JSON.parse(await readFile(join(here, 'stack.json'), 'utf8'));

/** The template's packages, installed once per lockfile and machine, as the platform does. */
export async function installPackages(): Promise<string> {
  const lockfile = await readFile(join(template, 'package-lock.json'));
  const folder = join(repository, '.cache/stacks', createHash('sha256').update(lockfile).digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    await mkdir(join(repository, '.cache/stacks'), { recursive: true });
    const half = await mkdtemp(join(repository, '.cache/stacks/half-'));
    for (const file of ['package.json', 'package-lock.json']) await cp(join(template, file), join(half, file));
    const [program, ...args] = manifest.commands.install;
    await run(program, args, { cwd: half });
    // Another test file may have been faster.
    await rename(half, folder).catch(() => remove(half));
  }
  return join(folder, 'node_modules');
}

/** A copy of the template as a project's working tree has it: its packages are a link. */
export async function makeTree(folder: string, packages: string): Promise<string> {
  await cp(template, folder, { recursive: true, filter: (path) => !/\/(node_modules|dist|\.cache)$/.test(path) });
  await symlink(packages, join(folder, 'node_modules'));
  return folder;
}

/** Runs one of the manifest's commands, or another one, in a tree. */
export async function runIn(
  tree: string,
  [program, ...args]: [string, ...string[]],
): Promise<{ code: number; output: string }> {
  const command = program === 'node' ? process.execPath : program;
  try {
    const { stdout, stderr } = await run(command, args, { cwd: tree, env: { PATH: process.env.PATH, HOME: tree } });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** Every file below some folders of a tree with the digest of its bytes. */
export async function digests(root: string, folders: string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of folders) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      found[path.slice(root.length)] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    }
  }
  return found;
}

/** The names of everything in a folder with the time of its last change: whatever was written shows. */
export async function changeTimes(folder: string): Promise<string> {
  const paths = (await readdir(folder, { recursive: true })).sort();
  const times = await Promise.all(paths.map(async (path) => `${path} ${(await stat(join(folder, path))).mtimeMs}`));
  return createHash('sha256').update(times.join('\n')).digest('hex');
}

const running = new Set<ChildProcess>();

export interface RunningApp {
  url: string;
  process: ChildProcess;
  log: () => string;
}

/** Starts an artefact and waits until its health answers 200. */
export async function startApp(artefact: string, env: Record<string, string> = {}): Promise<RunningApp> {
  const [, ...args] = manifest.commands.run;
  const port = await freePort();
  const child = spawn(process.execPath, args, {
    cwd: artefact,
    env: { PORT: String(port), HOST: '127.0.0.1', ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + 10_000;
  while (child.exitCode === null && Date.now() < until) {
    const answer = await fetch(url + manifest.healthPath).catch(() => null);
    if (answer?.status === 200) return { url, process: child, log: () => log };
    await delay(5);
  }
  child.kill('SIGKILL');
  throw new Error(`The application did not become healthy.\n${log}`);
}

/** Stops an application as the platform does and answers its exit code. */
export async function stopApp(app: RunningApp): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => app.process.once('exit', resolve));
  app.process.kill('SIGTERM');
  return ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Removes a temporary folder, after whatever a failed test left running. */
export async function remove(folder: string): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

/** Puts the code blocks of AGENTS.md where their text says they go. */
export async function addGuestBook(folder: string): Promise<void> {
  const notes = await readFile(join(template, manifest.notes), 'utf8');
  const block = (language: string) => notes.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';
  await writeFile(join(folder, 'migrations/0002_entry.sql'), block('sql'));
  await writeFile(join(folder, 'server/routes/entries.ts'), block('ts'));
  await writeFile(join(folder, 'src/pages/GuestBook.vue'), block('vue'));
  await appendFile(join(folder, 'server/routes/index.ts'), "export { default as entries } from './entries.ts';\n");
  const router = join(folder, 'src/router.ts');
  const line =
    "  { path: '/guest-book', component: () => import('./pages/GuestBook.vue'), meta: { title: 'Guest book' } },\n";
  await writeFile(router, (await readFile(router, 'utf8')).replace("  { path: '/:path", `${line}  { path: '/:path`));
}
