import { conversationErrors } from './conversations.ts';
import { creditErrors } from './credit.ts';
import { dataErrors } from './data.ts';
import { domainErrors } from './domains.ts';
import { identityErrors } from './identity.ts';
import { generalErrors } from './problem.ts';
import { projectErrors } from './projects.ts';
import { usageErrors } from './usage.ts';
import { variableErrors } from './variables.ts';
import { versionErrors } from './versions.ts';

/** The one error catalogue: every code the platform can answer. */
export const errorCatalogue = {
  ...generalErrors,
  ...identityErrors,
  ...projectErrors,
  ...conversationErrors,
  ...versionErrors,
  ...dataErrors,
  ...variableErrors,
  ...domainErrors,
  ...creditErrors,
  ...usageErrors,
};
export type ErrorCode = keyof typeof errorCatalogue;
