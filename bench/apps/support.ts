import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { type Agent, request } from 'node:http';
import { join } from 'node:path';
import { descendants } from '../../e2e/support/platform.ts';
import { quantile as rawQuantile } from '../gateway/proc.ts';

export const log = (text: string) => process.argv.includes('--json') || console.log(text);
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds to a hundredth. */
export const quantile = (sample: readonly number[], share: number) =>
  Math.round(rawQuantile(sample, share) * 100) / 100;

/** A whole number after `--name` on the command line. */
export function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

export async function timed(action: () => Promise<{ status: number }>): Promise<number> {
  const begun = performance.now();
  const { status } = await action();
  if (status !== 200) throw new Error(`an application answered ${status}`);
  return performance.now() - begun;
}

type Destination = { socketPath: string } | { host: string; port: string; headers: { host: string } };

/** One request on a connection that is kept. */
export function ask(to: Destination, agent: Agent) {
  return new Promise<{ status: number }>((resolve, reject) => {
    request({ ...to, path: '/', agent }, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0 }));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not seen in a minute: ${what}`);
    await pause(50);
  }
}

/** The sockets of the applications of a home that run or are frozen. */
export async function appSockets(home: string): Promise<string[]> {
  const id = createHash('sha256')
    .update(await realpath(home))
    .digest('hex')
    .slice(0, 12);
  const folder = `/dev/shm/talkide-${id}`;
  const sockets = (await readdir(folder))
    .filter((name) => /^r\d+$/.test(name))
    .map((name) => join(folder, name, 'http.sock'));
  const there = await Promise.all(
    sockets.map((path) =>
      lstat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return sockets.filter((_, at) => there[at]);
}

/** How many processes of a platform are frozen. */
export async function frozen(pid: number): Promise<number> {
  const pids = await descendants(pid);
  const states = await Promise.all(pids.map((one) => readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')));
  return states.filter((text) => /^\d+ \(.*\) T /s.test(text)).length;
}
