import { DomainError } from '../../errors.ts';
import type { Tx } from '../../platform/db/index.ts';
import type { Kit } from '../kit.ts';
import type { TalkedProject } from '../ports.ts';

const CLOSED_STATUSES = new Set(['PAUSED', 'ARCHIVED']);

/** Refuses while agents may not work here: the operator's switch, a machine without sandboxes, or another's agents. */
export async function requireAgents(
  kit: Pick<Kit, 'killSwitch' | 'runtimeStatus' | 'requireServed' | 'room'>,
  tenantId: string,
): Promise<void> {
  await kit.requireServed(tenantId);
  await kit.room.require();
  const { enabled, reason } = await kit.killSwitch('agent-turns');
  if (enabled) throw new DomainError('agent_turns_off', { reason });
  const runtime = kit.runtimeStatus();
  if (runtime.status === 'unavailable') {
    throw new DomainError('runtime_unavailable', { reason: runtime.reason, mend: runtime.mend });
  }
}

/** The project, if agents may work in it. */
export async function requireOpenProject(
  kit: Pick<Kit, 'projects'>,
  tx: Tx,
  projectId: string,
): Promise<TalkedProject> {
  const project = await kit.projects.get(tx, projectId);
  if (!project) throw new DomainError('not_found');
  if (CLOSED_STATUSES.has(project.status)) throw new DomainError('project_not_active', { status: project.status });
  return project;
}
