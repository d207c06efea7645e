import type { VariableKind } from '@talkide/contracts';
import type { Owner } from './store.ts';

/** Where a sealed value belongs: a row that is copied elsewhere does not open there. */
export const placeOf = ({ tenantId, projectId }: Owner, kind: VariableKind, name: string): string =>
  `project-variable ${tenantId} ${projectId} ${kind} ${name}`;
