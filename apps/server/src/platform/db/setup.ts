import { fileURLToPath } from 'node:url';
import { withAccount, withDatabase } from './connection-url.ts';
import { migrate } from './migrate.ts';
import { ensureLogin, prepareDatabase } from './prepare.ts';

const CONTROL_PLANE_MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const DATA_PLANE_MIGRATIONS = fileURLToPath(new URL('../../../migrations-dataplane', import.meta.url));

export interface PlaneSetup {
  /** An account that may create roles and databases; any database of the server. */
  adminUrl: string;
  database: string;
}

/** Cluster A: creates roles and database where missing and migrates. Returns what the application connects with. */
export async function setUpControlPlane(
  setup: PlaneSetup & { loginPassword: string },
): Promise<{ url: string; adminUrl: string; applied: string[] }> {
  await prepareDatabase({ ...setup, plane: 'controlPlane' });
  const adminUrl = withDatabase(setup.adminUrl, setup.database);
  const url = withAccount(adminUrl, 'talkide_login', setup.loginPassword);
  const [applied] = await Promise.all([
    migrate(adminUrl, CONTROL_PLANE_MIGRATIONS),
    ensureLogin(url, adminUrl, setup.loginPassword),
  ]);
  return { url, adminUrl, applied };
}

/** Cluster B: the credential store of PgBouncer. Schemas and roles of user apps are the provisioner's. */
export async function setUpDataPlane(setup: PlaneSetup): Promise<{ adminUrl: string; applied: string[] }> {
  await prepareDatabase({ ...setup, plane: 'dataPlane' });
  const adminUrl = withDatabase(setup.adminUrl, setup.database);
  return { adminUrl, applied: await migrate(adminUrl, DATA_PLANE_MIGRATIONS) };
}
