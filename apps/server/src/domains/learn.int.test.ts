import { expect, test } from 'vitest';
import type { Database } from '../platform/db/index.ts';
import { testDatabase } from '../testing/index.ts';
import { CHANGE_CHANNEL } from './store.ts';
import { domainRig } from './testing/rig.ts';

test('a name is known where it is answered before the authority asks, whenever its change is announced', async () => {
  const { db } = await testDatabase();
  const deaf: Database = {
    ...db,
    listen: async (channel, ...rest) => (channel === CHANGE_CHANNEL ? async () => {} : db.listen(channel, ...rest)),
  };
  const rig = await domainRig(deaf);
  const ada = await rig.owner();
  const domain = await ada.add('unheard.example.com');
  ada.setRecords(domain);
  await rig.pass(15);
  await ada.when(domain.id, 'ACTIVE');
  expect(rig.acme.issued).toEqual([domain.hostname]);
});
