import { setTimeout as pause } from 'node:timers/promises';
import { type HomeProcess, processesOf } from '../support/processes.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

/** What may be killed at any moment. */
export const VICTIMS = ['platform', 'worker', 'agent', 'build', 'app', 'any', 'postgres', 'everything'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Those after which the platform has to be started again; PostgreSQL it starts again by itself. */
const FATAL: readonly Victim[] = ['platform', 'everything'];

/** How a living process of a kind is told by its command line: some of these are seen from outside their sandbox. */
const MARKS: Readonly<Record<Exclude<Victim, 'platform' | 'everything'>, RegExp>> = {
  worker: /^\S*node \S*\/apps\/worker\/src\/main\.ts/,
  agent: /^\S*\/claude /,
  build: /^node build\.mjs/,
  app: /^node dist\/server\.js/,
  /** Git, shells, launchers, helpers of the agents: whatever there is beside the platform and its database. */
  any: /^(?!.*(postgres|\/apps\/server\/src\/main\.ts))/,
  postgres: /postgres\S* -D /,
};

/** The platform's own, and sandboxes of builds and applications. */
const PLATFORM = /postgres|\/apps\/server\/src\/main\.ts|node build\.mjs|node dist\/server\.js/;

export interface Killing {
  victim: Victim;
  /** False: there was no such process at that moment. */
  hit: boolean;
  fatal: boolean;
}

const kill = ({ pid }: HomeProcess) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
};

/** Builds and agents come and go: they are waited for. */
const APPEAR_MS = 2_500;
const BACK_MS = 60_000;

async function candidates(stage: Stage, mark: RegExp): Promise<HomeProcess[]> {
  const deadline = Date.now() + APPEAR_MS;
  for (;;) {
    const found = (await processesOf(stage.home)).filter(({ command }) => mark.test(command));
    if (found.length > 0 || Date.now() > deadline) return found;
    await pause(10);
  }
}

/** Until the platform has its database again. */
async function isBack(stage: Stage): Promise<void> {
  await stage.reconnect();
  const deadline = Date.now() + BACK_MS;
  for (;;) {
    const answer = await fetch(`${stage.url}/readyz`).catch(() => null);
    if (answer?.ok || Date.now() > deadline) return;
    await pause(20);
  }
}

/** Kills one process of a kind, or all there are. */
export async function killOne(stage: Stage, victim: Victim, random: Random): Promise<Killing> {
  const platform = stage.platform();
  const fatal = FATAL.includes(victim);
  if (victim === 'platform') {
    await platform.stop('SIGKILL');
    return { victim, hit: true, fatal };
  }
  if (victim === 'everything') {
    for (const one of await processesOf(stage.home)) kill(one);
    await platform.exited;
    return { victim, hit: true, fatal };
  }
  const found = await candidates(stage, MARKS[victim]);
  if (found.length > 0) kill(random.pick(found));
  if (victim === 'postgres') await isBack(stage);
  return { victim, hit: found.length > 0, fatal };
}

/** What goes on when the platform dies: workers, their agents, and what those run. */
export const isOfWorker = (command: string): boolean => !PLATFORM.test(command);
