import { expect, test } from 'vitest';
import { ConfigError } from '../config.ts';
import { createTenant, testDatabase } from '../testing/index.ts';
import { findOwner } from './owner.ts';

const { db } = await testDatabase();
const refused = { code: 'agents_not_yours' };

test('the first tenant is served, whenever it comes, and no other ever', async () => {
  const owner = await findOwner(db);
  await expect(owner.requireServed('1')).rejects.toMatchObject(refused);
  const anna = await createTenant(db, { email: 'anna@example.com' });
  await owner.requireServed(anna.tenantId);
  await owner.requireOwnEnvironment(anna.environmentId);
  await (await findOwner(db)).requireServed(anna.tenantId);

  const ben = await createTenant(db, { email: 'ben@example.com' });
  await owner.requireServed(anna.tenantId);
  await expect(owner.requireServed(ben.tenantId)).rejects.toMatchObject(refused);
  await expect(owner.requireOwnEnvironment(ben.environmentId)).rejects.toMatchObject(refused);
  await expect(owner.requireOwnEnvironment('999999')).rejects.toMatchObject(refused);
});

test('a platform that others use too is refused', async () => {
  await expect(findOwner(db)).rejects.toBeInstanceOf(ConfigError);
  await expect(findOwner(db)).rejects.toThrow('others have accounts on this one. Unset TALKIDE_EXECUTOR');
});
