import { DomainError } from '../../errors.ts';
import type { TurnRow } from '../../platform/db/index.ts';
import { endAllBlocks } from '../feed/publish-text.ts';
import type { Kit } from '../kit.ts';
import type { TalkedProject, TreeCommit } from '../ports.ts';
import { commitMessage } from './commit-message.ts';
import type { FailureCode, Outcome } from './outcome.ts';
import { recordEnd, recordFailure } from './record-end.ts';

/** A turn whose lease the caller holds. */
export type HeldTurn = TurnRow & { lease_token: string };

/**
 * Ends a turn: what Mara changed becomes a commit, a version and a build; a failed turn leaves the tree as it was. Every
 * step may be repeated, and the row is only changed while the lease is held. False: somebody else ended it.
 */
export async function finishTurn(kit: Kit, turn: HeldTurn, outcome: Outcome): Promise<boolean> {
  const project = await kit.db.tenant(turn.tenant_id, (tx) => kit.projects.get(tx, turn.project_id));
  if (!project) return false;
  await kit.settleTurn(turn.id);
  const ended =
    outcome.kind === 'FAILED'
      ? await endFailed(kit, turn, project, outcome.code)
      : await endWell(kit, turn, project, outcome);
  await endAllBlocks(kit, turn);
  kit.log.info({ turnId: turn.id, projectId: project.id, outcome: outcome.kind, ended }, 'A turn ended');
  return ended;
}

async function endWell(
  kit: Kit,
  turn: HeldTurn,
  project: TalkedProject,
  outcome: Exclude<Outcome, { kind: 'FAILED' }>,
): Promise<boolean> {
  const message = await commitMessage(kit, turn);
  let commit: TreeCommit | null;
  try {
    commit = await kit.projects.commitTree(project, { message, author: 'Mara' });
  } catch (error) {
    // The worker reports the result until there is room: what was made is not thrown away for that.
    if (error instanceof DomainError && error.code === 'disk_full') throw error;
    kit.log.error({ err: error, turnId: turn.id }, 'The changes of a turn could not be committed');
    return endFailed(kit, turn, project, 'commit_failed');
  }
  return recordEnd(kit, turn, { project, outcome, commit, description: message });
}

async function endFailed(kit: Kit, turn: HeldTurn, project: TalkedProject, code: FailureCode): Promise<boolean> {
  try {
    await kit.projects.cleanTree(project, { keepAs: turn.id });
  } catch (error) {
    // The next turn that is given this tree finds that nobody knows where it stands, and cleans it.
    kit.log.error({ err: error, turnId: turn.id }, 'The tree of a failed turn could not be cleaned');
  }
  return recordFailure(kit, turn, code);
}
