import { setTimeout as pause } from 'node:timers/promises';
import { type HomeProcess, processesOf } from '../support/processes.ts';
import { act, beginAnew, createProject, DEEDS, type Deed, type DeedKind } from './deeds.ts';
import { type Follower, follow } from './feed.ts';
import { codeFaults, repositoryFaults } from './invariants-code.ts';
import { activityFaults, usageFaults } from './invariants-usage.ts';
import { workFaults } from './invariants-work.ts';
import { createRandom, type Random } from './random.ts';
import { settle } from './settled.ts';
import { openStage, type Stage } from './stage.ts';
import { isOfWorker, killOne, VICTIMS, type Victim } from './victims.ts';

export interface ChaosReport {
  rounds: number;
  seed: number;
  /** Kills that met a living process, and those that found none, by kind. */
  kills: Record<string, { hit: number; missed: number }>;
  deeds: Record<string, number>;
  turns: Record<string, number>;
  /** Turns that began anew because their worker died. */
  repeatedTurns: number;
  modelCalls: number;
  /** Calls whose record is an estimate: something died in the middle of them. */
  estimatedCalls: number;
  feedEvents: number;
  /** Of all looks at everything. */
  lookSeconds: number;
  /** Milliseconds from a start after a kill to "ready". */
  restartMs: number[];
  seconds: number;
  faults: string[];
}

export interface ChaosOptions {
  rounds: number;
  seed: number;
  /** Told after every round. */
  onRound?: (round: number, what: string) => void;
  /** Ends the run after the round that is under way. */
  signal?: AbortSignal;
}

const MAX_DELAY_MS = 1_500;
/** A look at everything is dear: between, only the round's own deeds are looked at. */
const PROJECTS = 3;
/** What takes longer the longer a run lasts (repositories with all their versions, conversations that agents remember). */
const NOW_AND_THEN = 20;

/** Plays rounds until one breaks an invariant: deeds side by side, a kill among them, then a look at everything. */
export async function runChaos({ rounds, seed, onRound = () => {}, signal }: ChaosOptions): Promise<ChaosReport> {
  const begun = Date.now();
  const random = createRandom(seed);
  const stage = await openStage();
  const report: ChaosReport = {
    ...{
      rounds: 0,
      seed,
      kills: {},
      deeds: {},
      turns: {},
      repeatedTurns: 0,
      modelCalls: 0,
      estimatedCalls: 0,
      feedEvents: 0,
    },
    ...{ restartMs: [], lookSeconds: 0, seconds: 0, faults: [] },
  };
  const followers: Follower[] = [];
  try {
    const projects: string[] = [];
    const cutOff = new Set<string>();
    for (let at = 1; at <= PROJECTS; at += 1) projects.push((await createProject(stage, `Project ${at}`)).id);
    for (const projectId of projects) followers.push(await follow(stage, projectId));
    while (report.rounds < rounds && report.faults.length === 0 && !signal?.aborted) {
      report.rounds += 1;
      const what = await playRound(stage, random, report, { projects, followers, cutOff });
      onRound(report.rounds, what);
      if (report.rounds % NOW_AND_THEN !== 0 || report.faults.length > 0) continue;
      report.faults.push(...(await repositoryFaults(stage)));
      for (const projectId of projects) await beginAnew(stage, projectId);
    }
    report.turns = Object.fromEntries(
      (await stage.query<{ status: string; count: string }>('select status, count(*) from turn group by 1')).map(
        ({ status, count }) => [status, Number(count)],
      ),
    );
    const [estimated] = await stage.query<{ count: string }>('select count(*) from usage_event where estimated');
    report.estimatedCalls = Number(estimated?.count);
    const [repeated] = await stage.query<{ count: string }>('select count(*) from turn where attempt > 1');
    report.repeatedTurns = Number(repeated?.count);
    report.modelCalls = stage.model.served.length;
    report.feedEvents = followers.reduce((sum, { ids }) => sum + ids.length, 0);
    if (report.faults.length === 0) report.faults = [...(await repositoryFaults(stage)), ...(await endFaults(stage))];
  } finally {
    for (const follower of followers) follower.close();
    await stage.close();
  }
  report.lookSeconds = Math.round(report.lookSeconds);
  report.seconds = Math.round((Date.now() - begun) / 1000);
  return report;
}

interface Scene {
  projects: readonly string[];
  followers: readonly Follower[];
  /** Projects in which work by hand may have been cut off. */
  cutOff: Set<string>;
}

async function playRound(stage: Stage, random: Random, report: ChaosReport, scene: Scene): Promise<string> {
  const kinds = Array.from({ length: random.between(1, 4) }, (): DeedKind => random.pick(DEEDS));
  const doing = kinds.map((kind) => act(stage, kind, random.pick(scene.projects), random));
  const gathered = Promise.allSettled(doing);
  const victim = random.pick(VICTIMS);
  const delay = random.between(0, MAX_DELAY_MS);
  await pause(delay);
  report.faults.push(...(await killing(stage, victim, random, report)));
  const settled = await gathered;
  const deeds = settled.flatMap((one): Deed[] => (one.status === 'fulfilled' ? [one.value] : []));
  report.faults.push(...settled.flatMap((one) => (one.status === 'rejected' ? [`a deed failed: ${one.reason}`] : [])));
  for (const deed of deeds) {
    report.deeds[deed.kind] = (report.deeds[deed.kind] ?? 0) + 1;
    if (deed.kind === 'edit' || deed.kind === 'restore') scene.cutOff.add(deed.projectId);
  }
  report.faults.push(...(await settle(stage)));
  const begun = performance.now();
  report.faults.push(...(await lookAtEverything(stage, deeds, scene)));
  report.lookSeconds += (performance.now() - begun) / 1000;
  const what = `${kinds.join(', ')}; ${victim} after ${delay} ms`;
  report.faults = report.faults.map((fault) =>
    fault.startsWith('round') ? fault : `round ${report.rounds} (${what}): ${fault}`,
  );
  return what;
}

/** Money comes by webhook, records in batches: a moment after the work has ended. */
const LATE_MS = 15_000;
/** An application that was killed three times within a minute is left alone for the rest of it. */
const LEFT_ALONE_MS = 75_000;
const isLeftAlone = (fault: string) => fault.includes('app_crashed');

async function lookAtEverything(stage: Stage, deeds: readonly Deed[], { followers, cutOff }: Scene): Promise<string[]> {
  const begun = Date.now();
  for (;;) {
    const found = [
      ...(await workFaults(stage, { deeds, followers })),
      ...(await usageFaults(stage)),
      ...(await activityFaults(stage)),
      ...(await codeFaults(stage, cutOff)),
    ];
    const patience = found.every(isLeftAlone) ? LEFT_ALONE_MS : LATE_MS;
    if (found.length === 0 || Date.now() - begun > patience) return found;
    await pause(100);
  }
}

async function killing(stage: Stage, victim: Victim, random: Random, report: ChaosReport): Promise<string[]> {
  const { hit, fatal } = await killOne(stage, victim, random);
  report.kills[victim] ??= { hit: 0, missed: 0 };
  report.kills[victim][hit ? 'hit' : 'missed'] += 1;
  if (!fatal) return [];
  const left = await orphans(stage, isOfWorker);
  await stage.start();
  report.restartMs.push(stage.platform().startMs);
  return left.map(stillRuns);
}

const stillRuns = ({ pid, command }: HomeProcess) => `still runs: ${pid} ${command.slice(0, 120)}`;

const GONE_MS = 30_000;

/** Processes of a platform that ended which do not end with it; workers go on, and with them what they started. */
async function orphans(stage: Stage, mayStay: (command: string) => boolean = () => false): Promise<HomeProcess[]> {
  const deadline = Date.now() + GONE_MS;
  for (;;) {
    const left = (await processesOf(stage.home)).filter(({ command }) => !mayStay(command));
    if (left.length === 0) return [];
    if (Date.now() > deadline) return left;
    await pause(20);
  }
}

async function endFaults(stage: Stage): Promise<string[]> {
  const code = await stage.platform().stop();
  return [...(code === 0 ? [] : [`the platform ended with ${code}`]), ...(await orphans(stage)).map(stillRuns)];
}
