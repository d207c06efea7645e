import { describe, expect, it } from 'vitest';
import { createTenant, testDatabase } from '../testing/index.ts';
import { defaultEnvironment, makeTenant } from './tenancy.ts';

const { db } = await testDatabase();

async function newOwner(email: string) {
  return db.system(async (tx) => {
    const { id: userId } = await tx
      .insertInto('users')
      .values({ email, password_hash: 'not a hash', name: 'Owner' })
      .returning('id')
      .executeTakeFirstOrThrow();
    return makeTenant(tx, { userId, email, name: 'Owner' });
  });
}

describe('a tenant', () => {
  it('gets a slug of its own', async () => {
    const slugs = [];
    for (const host of ['a', 'b', 'c']) slugs.push((await newOwner(`same@${host}.example`)).slug);
    expect(slugs).toEqual(['same', 'same-2', 'same-3']);
  });

  it('gets its DEFAULT environment at the first action, once', async () => {
    const { id: tenantId, slug } = await newOwner('lazy@example.com');
    const all = await Promise.all(
      Array.from({ length: 6 }, () => db.tenant(tenantId, (tx) => defaultEnvironment(tx, tenantId))),
    );
    expect(new Set(all.map((one) => one.id)).size).toBe(1);
    expect(all[0]).toMatchObject({ slug: 'talkide', status: 'ACTIVE' });
    const row = await db.tenant(tenantId, (tx) => tx.selectFrom('environment').selectAll().executeTakeFirstOrThrow());
    expect(row).toMatchObject({ kind: 'DEFAULT', name: 'TalkIDE', deletable: false, namespace_ref: `tenant-${slug}` });
  });

  it('does not get another tenant’s environment', async () => {
    const [mine, theirs] = [
      await createTenant(db, { email: 'mine@example.com' }),
      await createTenant(db, { email: 'theirs@example.com' }),
    ];
    await expect(db.tenant(mine.tenantId, (tx) => defaultEnvironment(tx, theirs.tenantId))).rejects.toThrow(
      'does not exist',
    );
  });
});
