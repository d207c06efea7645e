import { conversationRoutes } from './conversations.ts';
import { creditRoutes } from './credit.ts';
import { dataRoutes } from './data.ts';
import { domainRoutes } from './domains.ts';
import { egressRoutes } from './egress.ts';
import { identityRoutes } from './identity.ts';
import { metricRoutes } from './metrics.ts';
import { operationsRoutes } from './operations.ts';
import { projectRoutes } from './projects.ts';
import { tenancyRoutes } from './tenancy.ts';
import { uploadRoutes } from './uploads.ts';
import { usageRoutes } from './usage.ts';
import { variableRoutes } from './variables.ts';
import { versionRoutes } from './versions.ts';

/** Every route of the API by its operation id. */
export const routes = {
  ...identityRoutes,
  ...tenancyRoutes,
  ...projectRoutes,
  ...conversationRoutes,
  ...versionRoutes,
  ...metricRoutes,
  ...egressRoutes,
  ...dataRoutes,
  ...uploadRoutes,
  ...variableRoutes,
  ...domainRoutes,
  ...creditRoutes,
  ...usageRoutes,
  ...operationsRoutes,
};
