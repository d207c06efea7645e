import type { Tx } from '../platform/db/index.ts';
import { slugFromEmail, slugVariant } from './slug.ts';
import {
  type DefaultEnvironment,
  findDefaultEnvironment,
  insertDefaultEnvironment,
  insertTenant,
  isReserved,
} from './store.ts';

export interface TenantView {
  id: string;
  name: string;
  slug: string;
}

const MAX_VARIANTS = 10_000;

/** Makes a person's tenant in the transaction of her sign-up; its slug comes from the email and is unique. */
export async function makeTenant(tx: Tx, owner: { userId: string; email: string; name: string }): Promise<TenantView> {
  const base = slugFromEmail(owner.email);
  for (let n = 1; n <= MAX_VARIANTS; n += 1) {
    const slug = slugVariant(base, n);
    if (await isReserved(tx, slug)) continue;
    const tenant = await insertTenant(tx, { name: owner.name, slug, ownerId: owner.userId });
    if (tenant) return tenant;
  }
  throw new Error(`no free slug for a tenant named ${base}`);
}

/** The tenant's DEFAULT environment, made when it isn't there yet; within a tenant's transaction. */
export async function defaultEnvironment(tx: Tx, tenantId: string): Promise<DefaultEnvironment> {
  const environment =
    (await findDefaultEnvironment(tx, tenantId)) ??
    (await insertDefaultEnvironment(tx, tenantId)) ??
    (await findDefaultEnvironment(tx, tenantId));
  if (!environment) throw new Error(`tenant ${tenantId} does not exist`);
  return environment;
}
