import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDataPlane } from '../../testing/index.ts';

const { adminUrl } = await testDataPlane();
const client = new Client({ connectionString: adminUrl });
const verifier = 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy';

beforeAll(() => client.connect());
afterAll(() => client.end());

const as = async (role: string, statement: string) => {
  await client.query(`begin; set local role ${role}`);
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.query('commit');
  }
};
const insert = (secret: string) =>
  `insert into dataplane_auth.dataplane_auth_credentials values ('tk_t1_pshop_default', '${secret}')`;

describe('the credential store of the data plane', () => {
  it('takes SCRAM verifiers from the provisioner, never plain text or MD5', async () => {
    for (const secret of ['hunter2', 'md5d41d8cd98f00b204e9800998ecf8427e']) {
      await expect(as('talkide_provisioner', insert(secret))).rejects.toMatchObject({ code: '23514' });
    }
    await as('talkide_provisioner', insert(verifier));
  });

  it('is replaced by delete and insert, never updated', async () => {
    const update = `update dataplane_auth.dataplane_auth_credentials set secret = '${verifier}'`;
    await expect(as('talkide_provisioner', update)).rejects.toMatchObject({ code: '42501' });
    await as('talkide_provisioner', `delete from dataplane_auth.dataplane_auth_credentials; ${insert(verifier)}`);
  });

  it('answers PgBouncer through the function only', async () => {
    const ask = "select * from dataplane_auth.dataplane_get_auth('tk_t1_pshop_default')";
    expect(await as('talkide_pgbouncer', ask)).toEqual([{ username: 'tk_t1_pshop_default', password: verifier }]);
    const read = 'select * from dataplane_auth.dataplane_auth_credentials';
    await expect(as('talkide_pgbouncer', read)).rejects.toMatchObject({ code: '42501' });
  });

  it('is out of reach of an app: no schema, no function, and no connection to the control plane', async () => {
    await client.query('create role app_without_rights nologin');
    try {
      const ask = "select * from dataplane_auth.dataplane_get_auth('tk_t1_pshop_default')";
      await expect(as('app_without_rights', ask)).rejects.toMatchObject({ code: '42501' });
      await expect(as('app_without_rights', 'create table public.mine ()')).rejects.toMatchObject({ code: '42501' });
      const { rows } = await client.query(
        `select datname from pg_database where datname like '%template' and datname not in ('template0', 'template1')
            and has_database_privilege('app_without_rights', oid, 'connect')`,
      );
      expect(rows).toEqual([]);
    } finally {
      await client.query('drop role app_without_rights');
    }
  });
});
