import { usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { sendText } from '../../platform/http/send-text.ts';
import { readPeriod } from '../period.ts';
import { requireProject } from '../reports/whose.ts';
import { exportCalls } from './export.ts';

export function bindExportRoute(app: FastifyInstance, { db, clock }: { db: Database; clock: Clock }): void {
  bind(app, usageRoutes.exportUsage, async ({ caller: { tenantId }, query, request, reply }) => {
    const period = readPeriod(query, clock.now());
    const { projectId } = query;
    if (projectId !== undefined) await db.tenant(tenantId, (tx) => requireProject(tx, tenantId, projectId));
    await sendText(request, reply, exportCalls(db, { tenantId, projectId, period }), {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="talkide-usage-${period.from}-${period.to}.csv"`,
    });
  });
}
