import type { AgentRole } from '@talkide/contracts';

const keys = {
  'talkide-pm': 'mara',
  'talkide-backend-dev': 'backend',
  'talkide-frontend-dev': 'frontend',
  'talkide-designer': 'designer',
  'talkide-tester': 'tester',
} as const satisfies Record<AgentRole, string>;

/** All roles, Mara first. */
export const AGENT_ROLES = Object.keys(keys) as AgentRole[];

/** Key of the texts of a role: `workspace.role.<key>`. */
export const agentKey = (role: AgentRole): (typeof keys)[AgentRole] => keys[role];
