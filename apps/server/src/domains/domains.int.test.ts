import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { domainRoutes } from '@talkide/contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createVault } from '../platform/vault.ts';
import { testDatabase } from '../testing/index.ts';
import { createDomains } from './index.ts';
import { begunAnew } from './lifecycle.ts';
import { writeStanding } from './store.ts';
import { domainRig } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await domainRig(db);
const DAY = 24 * 60 * 60;

/** An active domain with its certificate. */
async function active(hostname: string) {
  const ada = await rig.owner();
  const domain = await ada.add(hostname);
  ada.setRecords(domain);
  await ada.check(domain.id);
  await rig.pass(15);
  const done = await ada.when(domain.id, 'ACTIVE');
  await expect.poll(() => found(hostname)).toMatchObject({ active: true, hasCertificate: true });
  return { ada, domain: done };
}
/** Whose the edge takes a host for; processes hear of changes a moment later. */
const found = (host: string) => rig.domains.directory.find(host);
const rowOf = (hostname: string) =>
  db.system((tx) =>
    tx.selectFrom('custom_domain').selectAll().where('hostname', '=', hostname).executeTakeFirstOrThrow(),
  );
const issuedFor = (hostname: string) => rig.acme.issued.filter((one) => one === hostname).length;
/** What somebody who asks for the answer to a challenge gets; as raw as it can be sent. */
async function challenge(token: string, host: string): Promise<{ status: number; body: string }> {
  const path = `/.well-known/acme-challenge/${token}`;
  const asked = request({ host: '127.0.0.1', port: rig.port, path, headers: { host }, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += chunk;
  return { status: answer.statusCode ?? 0, body };
}

describe('a domain', () => {
  test('is proved, points here, gets a certificate and is active', async () => {
    const ada = await rig.owner();
    const domain = await ada.add('https://Www.Bücher.example.com/');
    expect(domain).toMatchObject({
      ...{ hostname: 'www.xn--bcher-kva.example.com', displayName: 'www.bücher.example.com', status: 'PENDING' },
      records: [
        { type: 'TXT', name: '_talkide.www.xn--bcher-kva.example.com' },
        { type: 'CNAME', value: 'ide.example.net' },
      ],
    });
    const waiting = await ada.when(domain.id, 'PENDING', 'PROOF_MISSING');
    expect(waiting.nextCheckAt).not.toBeNull();

    const [proof] = domain.records;
    rig.dns.set(proof?.name ?? '', 'TXT', 'talkide-verification=of-somebody-else');
    await rig.pass(15);
    const wrong = await ada.when(domain.id, 'PENDING', 'PROOF_WRONG');
    expect(wrong.detail).toBe('talkide-verification=of-somebody-else');

    rig.dns.set(proof?.name ?? '', 'TXT', 'something else', proof?.value ?? '');
    await rig.pass(60);
    await ada.when(domain.id, 'VERIFIED', 'ADDRESS_MISSING');
    rig.dns.set(domain.hostname, 'A', '127.0.0.1', '192.0.2.7');
    await rig.pass(60);
    expect((await ada.when(domain.id, 'VERIFIED', 'ADDRESS_ELSEWHERE')).detail).toBe('192.0.2.7');
    expect(issuedFor(domain.hostname)).toBe(0);

    rig.dns.set(domain.hostname, 'CNAME', 'ide.example.net');
    rig.dns.set('ide.example.net', 'A', '127.0.0.1');
    await rig.pass(120);
    const done = await ada.when(domain.id, 'ACTIVE');
    expect(done).toMatchObject({ url: `https://${domain.hostname}`, detail: null });
    expect(issuedFor(domain.hostname)).toBe(1);
    await expect
      .poll(() => found(`${domain.hostname.toUpperCase()}.:8080`))
      .toMatchObject({
        ...{ active: true, hasCertificate: true, projectId: ada.projectId },
      });
    expect(await rig.domains.directory.secureContext(domain.hostname)).not.toBeNull();
  });

  test('whose DNS gives no answer waits, and says so', async () => {
    const ada = await rig.owner();
    rig.dns.broken = true;
    const domain = await ada.add('broken.example.com');
    await ada.when(domain.id, 'PENDING', 'DNS_FAILED');
    rig.dns.broken = false;
    ada.setRecords(domain);
    await rig.pass(15);
    await ada.when(domain.id, 'ACTIVE');
  });

  test('is renewed before its certificate ends, and goes on when that fails', async () => {
    const { ada, domain } = await active('renewed.example.com');
    const { certificate: first } = await rowOf(domain.hostname);
    rig.acme.mood = 'refuses';
    await rig.pass(61 * DAY);
    const refused = await ada.when(domain.id, 'ACTIVE', 'CERTIFICATE_REFUSED');
    expect(refused.detail).toBe(`Policy forbids issuing for ${domain.hostname}`);
    expect(await rig.domains.directory.secureContext(domain.hostname)).not.toBeNull();
    rig.acme.mood = null;
    rig.acme.days = 90 + 61;
    await rig.pass(13 * 60);
    await ada.when(domain.id, 'ACTIVE');
    rig.acme.days = 90;
    expect(issuedFor(domain.hostname)).toBe(2);
    expect((await rowOf(domain.hostname)).certificate).not.toBe(first);
  });

  test('without a certificate says why, is tried again later, and at hand after twelve minutes', async () => {
    rig.acme.mood = 'is away';
    const ada = await rig.owner();
    const domain = await ada.add('away.example.com');
    ada.setRecords(domain);
    await rig.pass(15);
    const away = await ada.when(domain.id, 'VERIFIED', 'CERTIFICATE_UNAVAILABLE');
    rig.acme.mood = null;
    const asked = await ada.check(domain.id);
    expect(asked.nextCheckAt).toBe(away.nextCheckAt);
    expect(asked.checking).toBe(false);
    await rig.pass(12 * 60);
    await ada.when(domain.id, 'ACTIVE');
  });
});

describe('whose it is', () => {
  test('one who has not proved it blocks nobody; one who has, does', async () => {
    const [ada, ben] = [await rig.owner(), await rig.owner()];
    const [hers, his] = [await ada.add('shop.example.com'), await ben.add('shop.example.com')];
    expect(hers.records[0]?.value).not.toBe(his.records[0]?.value);
    ben.setRecords(his);
    await rig.pass(15);
    await ben.when(his.id, 'ACTIVE');
    await ada.when(hers.id, 'PENDING', 'PROOF_WRONG');
    await expect.poll(() => found('shop.example.com')?.projectId).toBe(ben.projectId);

    // Both proofs stand in the DNS: the first one holds it.
    rig.dns.set('_talkide.shop.example.com', 'TXT', hers.records[0]?.value ?? '', his.records[0]?.value ?? '');
    await rig.pass(120);
    await ada.when(hers.id, 'PENDING', 'TAKEN');
    expect(issuedFor('shop.example.com')).toBe(1);
    const eve = await rig.owner();
    const refused = await eve.call(domainRoutes.addDomain, {
      params: { id: eve.projectId },
      body: { hostname: 'shop.example.com' },
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'domain_taken' } });
    expect((await rowOf('shop.example.com')).tenant_id).toBeDefined();

    // His proof leaves the DNS: three days later it is hers.
    rig.dns.set('_talkide.shop.example.com', 'TXT', hers.records[0]?.value ?? '');
    for (let day = 0; day < 5; day += 1) {
      await rig.pass(DAY);
      await expect.poll(async () => (await ben.list())[0]?.checking).toBe(false);
    }
    await ben.when(his.id, 'FAILED', 'PROOF_WRONG');
    await rig.pass(2 * 60 * 60);
    await ada.when(hers.id, 'ACTIVE');
    await expect.poll(() => found('shop.example.com')?.projectId).toBe(ada.projectId);
  });

  test('a domain that still points here, with the proof of before, is nobody’s who adds it again', async () => {
    const { ada, domain } = await active('left.example.com');
    expect(await ada.remove(domain.id)).toBe(204);
    await expect.poll(() => found(domain.hostname)).toBeNull();
    expect(await rig.domains.directory.secureContext(domain.hostname)).toBeNull();
    const mallory = await rig.owner();
    const again = await mallory.add(domain.hostname);
    await mallory.when(again.id, 'PENDING', 'PROOF_WRONG');
    const hers = await ada.add(domain.hostname);
    await ada.when(hers.id, 'PENDING', 'PROOF_WRONG');
    expect(found(domain.hostname)).toBeNull();
  });

  test('it goes with its project', async () => {
    const { ada, domain } = await active('deleted.example.com');
    await db.system((tx) => tx.deleteFrom('project').where('id', '=', ada.projectId).execute());
    await expect.poll(() => found(domain.hostname)).toBeNull();
  });

  test('of several processes one asks for a certificate, and all know it', async () => {
    const others = [await rig.beside(), await rig.beside()];
    onTestFinished(async () => void (await Promise.all(others.map((one) => one.close()))));
    const { domain } = await active('many.example.com');
    expect(issuedFor(domain.hostname)).toBe(1);
    expect(rig.acme.accounts).toBe(1);
    for (const { directory } of others) {
      await expect.poll(() => directory.find(domain.hostname)?.hasCertificate).toBe(true);
      expect(await directory.secureContext(domain.hostname)).not.toBeNull();
    }
  });
});

describe('a process', () => {
  test('that ends in the middle of a look leaves it to another', async () => {
    rig.acme.mood = 'is slow';
    const ada = await rig.owner();
    const domain = await ada.add('slow.example.com');
    ada.setRecords(domain);
    await ada.check(domain.id);
    await rig.pass(15);
    await expect.poll(async () => (await rowOf(domain.hostname)).status).toBe('VERIFIED');
    const begun = performance.now();
    await rig.end();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect((await rowOf(domain.hostname)).claim).toBeNull();
    rig.acme.mood = null;
    await rig.beside();
    await ada.when(domain.id, 'ACTIVE');
  });

  test('that died holds its claim for ten minutes; what it finds out later is not written', async () => {
    const ada = await rig.owner();
    const claim = randomUUID();
    const domain = await ada.add('died.example.com');
    await ada.when(domain.id, 'PENDING', 'PROOF_MISSING');
    const until = new Date(rig.clock.now().getTime() + 600_000);
    await db.system((tx) =>
      tx.updateTable('custom_domain').set({ claim, claimed_until: until }).where('id', '=', domain.id).execute(),
    );
    const row = await rowOf(domain.hostname);
    ada.setRecords(domain);
    await rig.pass(120);
    expect((await rowOf(domain.hostname)).claim).toBe(claim);
    await rig.pass(600);
    await ada.when(domain.id, 'ACTIVE');
    const late = { now: rig.clock.now(), forgetCertificate: true };
    expect(await db.system((tx) => writeStanding(tx, row, begunAnew(late.now), late))).toBe(false);
    expect((await rowOf(domain.hostname)).status).toBe('ACTIVE');
  });
});

describe('what an authority is answered', () => {
  test('is the answer of the moment for this very host, and nothing else', async () => {
    const [{ domain }, { domain: other }] = [await active('asked.example.com'), await active('other.example.com')];
    const token = 'token-of-the-moment-1234567890';
    await db.system((tx) =>
      tx
        .updateTable('custom_domain')
        .set({ challenge_token: token, challenge_answer: `${token}.thumbprint` })
        .where('id', '=', domain.id)
        .execute(),
    );
    const answered = async (path: string, host: string) => (await challenge(path, host)).body;
    expect(await answered(token, domain.hostname)).toBe(`${token}.thumbprint`);
    expect(await answered(token, `${domain.hostname.toUpperCase()}.:80`)).toBe(`${token}.thumbprint`);
    expect(await answered(token, other.hostname)).toBe('the application');
    const tricks = ['..%2f..%2fetc%2fpasswd', `${token}%00`, `${token}/`, `${token}?x`, '%', 'x'.repeat(8000), "'or'1"];
    for (const trick of tricks) expect(await answered(trick, domain.hostname)).toBe('the application');
    expect((await challenge(token, 'ide.example.net')).status).toBe(404);
    expect((await challenge(token, `evil.com/${domain.hostname}`)).status).not.toBe(200);
  });
});

describe('what cannot be', () => {
  test('422 for what is no name, 409 for what is not to be had', async () => {
    const ada = await rig.owner();
    const params = { id: ada.projectId };
    const add = (hostname: string) => ada.call(domainRoutes.addDomain, { params, body: { hostname } });
    expect(await add('no name')).toMatchObject({ status: 422, body: { code: 'domain_invalid' } });
    expect(await add('10.0.0.1')).toMatchObject({ status: 422, body: { code: 'domain_invalid' } });
    expect(await add('db.internal')).toMatchObject({ status: 422, body: { code: 'domain_not_public' } });
    expect(await add('x.ide.example.net')).toMatchObject({ status: 409, body: { code: 'domain_of_platform' } });
    expect(await add('x'.repeat(301))).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await add('nul\0.com')).toMatchObject({ status: 400 });
    const huge = await ada.call('POST', `/api/projects/${ada.projectId}/domains`, {
      body: { hostname: 'x'.repeat(100_000) },
    });
    expect(huge.status).toBe(413);
    expect((await add('first.example.com')).status).toBe(201);
    expect(await add('FIRST.example.com')).toMatchObject({ status: 409, body: { code: 'domain_added' } });
    for (let n = 1; n < 10; n += 1) expect((await add(`n${n}.example.com`)).status).toBe(201);
    expect(await add('one-more.example.com')).toMatchObject({ status: 409, body: { code: 'too_many_domains' } });
  });

  test('many at once are counted one after the other; a repeated call with its key adds one', async () => {
    const ada = await rig.owner();
    const url = `/api/projects/${ada.projectId}/domains`;
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, n) => ada.call('POST', url, { body: { hostname: `at-once-${n}.example.com` } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    const ben = await rig.owner();
    const again = () =>
      ben.call('POST', `/api/projects/${ben.projectId}/domains`, {
        ...{ body: { hostname: 'twice.example.com' }, headers: { 'idempotency-key': 'the-same-key-1' } },
      });
    const [first, second] = [await again(), await again()];
    expect(second.body.id).toBe(first.body.id);
    expect(await ben.list()).toHaveLength(1);
  });

  test('401 without a session, 404 for what is another’s', async () => {
    const [ada, ben] = [await rig.owner(), await rig.owner()];
    const domain = await ada.add('private.example.com');
    const params = { id: ada.projectId, domainId: domain.id };
    const mixed = { id: ben.projectId, domainId: domain.id };
    const headers = { authorization: 'Bearer nobody' };
    for (const given of [params, mixed]) {
      expect((await ben.call(domainRoutes.checkDomain, { params: given })).status).toBe(404);
      expect((await ben.call(domainRoutes.removeDomain, { params: given })).status).toBe(404);
    }
    expect((await ben.call(domainRoutes.listDomains, { params })).status).toBe(404);
    expect((await ben.call(domainRoutes.addDomain, { params, body: { hostname: 'x.example.com' } })).status).toBe(404);
    expect((await ada.call(domainRoutes.checkDomain, { params: { ...params, domainId: '1' } })).status).toBe(404);
    expect((await ada.call(domainRoutes.listDomains, { params, headers })).status).toBe(401);
    expect(
      (await ada.call(domainRoutes.addDomain, { params, headers, body: { hostname: 'x.example.com' } })).status,
    ).toBe(401);
    expect((await ada.call(domainRoutes.checkDomain, { params, headers })).status).toBe(401);
    expect((await ada.call(domainRoutes.removeDomain, { params, headers })).status).toBe(401);
    expect(await ada.list()).toHaveLength(1);
  });
});

test('at rest keys are sealed, each in its place, and a rotation of the secret key seals them anew', async () => {
  const { domain } = await active('sealed.example.com');
  const before = await rowOf(domain.hostname);
  expect(JSON.stringify(before)).not.toMatch(/PRIVATE KEY|BEGIN/);
  const accounts = () => db.system((tx) => tx.selectFrom('acme_account').selectAll().execute());
  expect(JSON.stringify(await accounts())).not.toMatch(/PRIVATE KEY|BEGIN/);
  const make = (current: string, previous?: string) =>
    createDomains({
      ...{ db, clock: rig.clock, vault: createVault({ current, previous }), projects: { get: async () => null } },
      ...{ place: { host: 'localhost', addresses: [] }, ports: { http: 80, https: 443 }, dnsServers: [], acme: null },
      log: { info: () => {}, warn: () => {} },
      onError: () => {},
    });
  const rotated = make('n'.repeat(32), 's'.repeat(32));
  await rotated.start();
  const after = await rowOf(domain.hostname);
  expect(after.certificate).not.toBe(before.certificate);
  expect(await rotated.directory.secureContext(domain.hostname)).not.toBeNull();
  // A certificate that is copied to another row does not open there.
  const { domain: other } = await active('copied.example.com');
  await db.system((tx) =>
    tx.updateTable('custom_domain').set({ certificate: after.certificate }).where('id', '=', other.id).execute(),
  );
  await expect.poll(() => rotated.directory.find(other.hostname)?.hasCertificate).toBe(true);
  await expect(rotated.directory.secureContext(other.hostname)).rejects.toThrow('does not belong here');

  // With the key gone they are fetched again.
  await make('x'.repeat(32)).start();
  expect(await rowOf(domain.hostname)).toMatchObject({ certificate: null, status: 'ACTIVE' });
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
