import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Database } from '../../platform/db/index.ts';
import { randomToken, sha256 } from '../../platform/secrets.ts';
import { createProject, createTenant } from '../../testing/fixtures.ts';
import { createGateway, type Gateway, type GatewayDeps } from '../index.ts';

export const MODEL_KEY = 'sk-ant-the-platforms-own-key';

/** Credit without end, as far as the gateway is concerned. */
export const plenty: GatewayDeps['credit'] = {
  reserve: (_turn, { most }) => ({ reserved: most }),
  settle: () => {},
  charge: async () => {},
};

export interface GatewayRig {
  gateway: Gateway;
  /** The gateway's own address; the Messages API is below it. */
  url: string;
  close(): Promise<void>;
}

/** A gateway that listens on loopback, before the upstream at this address. */
export async function startGateway(
  db: Database,
  upstreamUrl: string,
  changes: Partial<GatewayDeps> = {},
): Promise<GatewayRig> {
  const folder = changes.journalDir ?? (await mkdtemp(join(tmpdir(), 'tk-journal-')));
  const gateway = await createGateway({
    ...{ db, log: pino({ enabled: false }), journalDir: folder, credit: plenty, markupPercent: '0' },
    upstream: { baseUrl: upstreamUrl, apiKey: MODEL_KEY },
    killSwitch: async () => ({ enabled: false, reason: '' }),
    costChanged: async () => {},
    ...changes,
  });
  const server = createServer(gateway.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
    if (!changes.journalDir) await rm(folder, { recursive: true, force: true });
  };
  return { gateway, url: `http://127.0.0.1:${port}/gateway`, close };
}

let people = 0;
/** A turn that runs, of a person of its own. */
export async function runningTurn(db: Database): Promise<{ token: string; turnId: string; userId: string }> {
  const tenant = await createTenant(db, { email: `caller-${people++}@example.com` });
  const place = await createProject(db, tenant);
  const token = randomToken('tkt_');
  const { id: turnId } = await db.system((tx) =>
    tx
      .insertInto('turn')
      .values({
        ...{ tenant_id: tenant.tenantId, project_id: place.projectId, environment_id: tenant.environmentId },
        ...{ conversation_id: place.conversationId, user_id: tenant.userId },
        ...{ status: 'RUNNING', token_hash: sha256(token) },
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return { token, turnId, userId: tenant.userId };
}
