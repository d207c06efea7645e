import type { TurnAssignment, TurnResult } from '@talkide/contracts';
import { loadTeam } from './agents.ts';
import type { WorkerConfig } from './config.ts';
import { type ControlClient, ControlGone, createControlClient, LeaseLost } from './control-client.ts';
import { startDelivery } from './delivery.ts';
import { useOwnLogin } from './own-login.ts';
import { startRelay } from './relay.ts';
import { createSessionPool } from './session-pool.ts';
import { leftSpools, type Spool } from './spool.ts';
import { runTurn } from './turn.ts';

export type WorkerEnd = 'idle' | 'gone' | 'refused' | 'signal';

/** Tells what an earlier process could not: how its turn ended, or that it never will; then it is tried again, from its start. */
async function settleLeft(client: ControlClient, spool: Spool): Promise<void> {
  const result = spool.result();
  try {
    if (result) await deliverLeft(client, spool, result);
    else await client.sendLost(spool.turnId, spool.leaseToken);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
  }
  spool.remove();
}

async function deliverLeft(client: ControlClient, spool: Spool, result: TurnResult): Promise<void> {
  const ignore = () => undefined;
  const first = spool.after(0)[0];
  const delivery = startDelivery({ client, spool, ackedSeq: (first?.seq ?? 1) - 1, onStop: ignore, onFailed: ignore });
  await delivery.finish(result);
}

/** Claims and runs turns until told to go (`idle`), the control plane is gone, its own login is refused, or `signal` fires. */
export async function runWorker(config: WorkerConfig, signal: AbortSignal): Promise<WorkerEnd> {
  const running = new Map<string, Promise<void>>();
  const { workingMs, idleMs } = config.patience;
  const client = createControlClient({ ...config, patienceMs: () => (running.size > 0 ? workingMs : idleMs) });
  const { ownLogin } = config;
  const door = ownLogin ? useOwnLogin(ownLogin) : await startRelay(config.socketPath, config.relayPort);
  const pool = createSessionPool({ ...config, client, team: loadTeam(config.agentsFolder), door });
  const deps = { client, pool, home: config.home, turnLimitMs: config.turnLimitMs, metered: ownLogin !== null };
  const stopping = new AbortController();
  signal.addEventListener('abort', () => stopping.abort(), { once: true });
  let fatal: unknown = null;
  /** The developer's login was refused: the next worker is shown it as it is by then. */
  let refused = false;

  function start(turn: TurnAssignment): void {
    // A turn that was taken from us and comes back waits for its predecessor: one writer a session.
    const before = running.get(turn.conversationId) ?? Promise.resolve();
    const run = before
      .then(() => runTurn(turn, deps))
      .then(({ errorCode }) => {
        refused ||= ownLogin !== null && errorCode === 'model_refused';
      })
      .catch((error: unknown) => {
        if (error instanceof LeaseLost) return;
        fatal ??= error;
        stopping.abort();
      })
      .finally(() => {
        if (running.get(turn.conversationId) === run) running.delete(turn.conversationId);
        if (refused && running.size === 0) stopping.abort();
      });
    running.set(turn.conversationId, run);
  }

  try {
    // Those that ended first: of the others one is blamed for the death.
    const left = leftSpools(config.home);
    const [ended, cutOff] = [left.filter((spool) => spool.result()), left.filter((spool) => !spool.result())];
    for (const spool of [...ended, ...cutOff]) await settleLeft(client, spool);
    while (!stopping.signal.aborted) {
      if (running.size >= config.parallelTurns) {
        await Promise.race(running.values());
        continue;
      }
      const claim = await client.claim(stopping.signal);
      if (claim.kind === 'turn') start(claim.turn);
      if (claim.kind === 'exit' && running.size === 0) return 'idle';
    }
    if (fatal !== null) throw fatal;
    return refused ? 'refused' : 'signal';
  } catch (error) {
    if (fatal === null && signal.aborted) return 'signal';
    if (fatal === null && refused) return 'refused';
    if (error instanceof ControlGone || fatal instanceof ControlGone) return 'gone';
    throw fatal ?? error;
  } finally {
    pool.closeAll();
    await door.close();
    client.close();
  }
}
