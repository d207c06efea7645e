import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..', '..');
const READY_TIMEOUT_MS = 60_000;

/** A running platform as a process of its own, as a person would start it. */
export interface PlatformProcess {
  url: string;
  port: number;
  home: string;
  pid: number;
  /** Milliseconds from spawn to "ready". */
  startMs: number;
  output(): string;
  /** Its end, whoever asked for it; the exit code. */
  exited: Promise<number | null>;
  /** SIGTERM and its end; the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A new home, removed by `removeHome`. */
export const makeHome = () => mkdtemp(join(tmpdir(), 'tk-home-'));
export const removeHome = (home: string) => rm(home, { recursive: true, force: true, maxRetries: 5 });

const keeping = (main: string) => `
  import { keepPlatform } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/keeper.mjs')))};
  process.exitCode = await keepPlatform(process.execPath, ${JSON.stringify([main])});`;

/** Starts the platform on a home and waits until it says that it is ready. */
export async function startPlatform(options: {
  home: string;
  port: number;
  env?: Record<string, string>;
  /** Under the starter, which lets releases take over; `pid` is the starter's. */
  kept?: boolean;
}): Promise<PlatformProcess> {
  const begun = performance.now();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TALKIDE_')));
  const main = join(root, 'apps/server/src/main.ts');
  const program = options.kept ? ['--input-type=module', '--eval', keeping(main)] : [main];
  const child: ChildProcess = spawn(process.execPath, program, {
    cwd: root,
    env: {
      ...inherited,
      TALKIDE_HOME: options.home,
      TALKIDE_PORT: String(options.port),
      TALKIDE_METRICS_PORT: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<void>((resolveReady, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('TalkIDE is ready')) resolveReady();
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('exit', (code) => reject(new Error(`the platform ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`the platform was not ready in time:\n${output}`)), READY_TIMEOUT_MS).unref();
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await ready.catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    url: `http://localhost:${options.port}`,
    port: options.port,
    home: options.home,
    pid: child.pid ?? 0,
    startMs: Math.round(performance.now() - begun),
    output: () => output,
    exited: exited.then(([code]) => code),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Memory of a process and all its descendants in MB: resident (shared pages counted in each) and proportional. */
export async function memoryOf(pid: number): Promise<{ rssMb: number; pssMb: number; processes: number }> {
  const pids = await descendants(pid);
  let rss = 0;
  let pss = 0;
  for (const one of pids) {
    const text = await readFile(`/proc/${one}/smaps_rollup`, 'utf8').catch(() => '');
    rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { rssMb: Math.round(rss / 1024), pssMb: Math.round(pss / 1024), processes: pids.length };
}

/** A process and all below it. */
export async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(
    children
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map((child) => descendants(Number(child))),
  );
  return [pid, ...below.flat()];
}
