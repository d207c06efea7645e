import type { TurnAssignment } from '@talkide/contracts';
import { randomToken, sha256 } from '../../platform/secrets.ts';
import { closeTasks } from '../activities/close-tasks.ts';
import { type Kit, scopeOf, tell, turnUpdated } from '../kit.ts';
import { claimNext, hasWork } from '../turns/lease-store.ts';
import { assignmentOf, localeOf } from './assignment.ts';
import type { WorkerEnvironment } from './environments.ts';

export type ClaimAnswer = { kind: 'turn'; turn: TurnAssignment } | { kind: 'none' } | { kind: 'exit' };

/** Since when an environment's worker has had nothing to do, by environment. */
export type IdleSince = Map<string, number>;

/** Waits for work up to the hold time. A worker that has been idle for long is told to exit. */
export async function claim(
  kit: Kit,
  environment: WorkerEnvironment,
  idleSince: IdleSince,
  abort: AbortSignal,
): Promise<ClaimAnswer> {
  const deadline = performance.now() + kit.timings.claimHoldMs;
  while (!abort.aborted) {
    const left = deadline - performance.now();
    const round = new AbortController();
    const awaited = kit.signals.nextWork(environment.id, Math.max(left, 0), AbortSignal.any([abort, round.signal]));
    try {
      const turn = await takeNext(kit, environment);
      if (turn) {
        idleSince.delete(environment.id);
        return { kind: 'turn', turn };
      }
      if (left <= 0) break;
      await awaited;
    } finally {
      round.abort();
    }
  }
  return abort.aborted ? { kind: 'none' } : idleAnswer(kit, environment, idleSince);
}

async function takeNext(kit: Kit, environment: WorkerEnvironment): Promise<TurnAssignment | null> {
  if ((await kit.killSwitch('agent-turns')).enabled) return null;
  if ((await kit.room.look()).low) return null;
  const gatewayToken = randomToken('tkt_');
  const taken = await kit.write(environment.tenantId, async (tx) => {
    const claimed = await claimNext(tx, {
      environmentId: environment.id,
      leaseMs: kit.timings.leaseMs,
      tokenHash: sha256(gatewayToken),
      parallelTurns: kit.timings.parallelTurns,
    });
    const project = claimed && (await kit.projects.get(tx, claimed.project_id));
    if (!claimed || !project) return null;
    const { restarted } = claimed;
    const { turn, events } = restarted
      ? await closeTasks(tx, claimed, await localeOf(tx, claimed.user_id))
      : { turn: claimed, events: [] };
    const assignment = await assignmentOf(kit, tx, turn, project, gatewayToken);
    await tell(tx, scopeOf(turn), [...events, turnUpdated(turn)]);
    return { turn, project, assignment };
  });
  if (!taken) return null;
  kit.turnClaimed(taken.turn, gatewayToken);
  await kit.projects.readyTree(taken.project);
  return taken.assignment;
}

async function idleAnswer(kit: Kit, environment: WorkerEnvironment, idleSince: IdleSince): Promise<ClaimAnswer> {
  const now = performance.now();
  const busy = await kit.db.tenant(environment.tenantId, (tx) => hasWork(tx, environment.id));
  if (busy || kit.watching.has(environment.id)) {
    idleSince.delete(environment.id);
    return { kind: 'none' };
  }
  const since = idleSince.get(environment.id) ?? now - kit.timings.claimHoldMs;
  idleSince.set(environment.id, since);
  return now - since >= kit.timings.workerIdleMs ? { kind: 'exit' } : { kind: 'none' };
}
