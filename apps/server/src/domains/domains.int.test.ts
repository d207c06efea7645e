import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { domainRig } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await domainRig(db);

/** An active domain with its certificate. */
async function active(hostname: string) {
  const ada = await rig.owner();
  const domain = await ada.add(hostname);
  ada.setRecords(domain);
  await rig.pass(15);
  return { ada, domain: await ada.when(domain.id, 'ACTIVE') };
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
    expect(rig.acme.issued).not.toContain(domain.hostname);

    rig.dns.set(domain.hostname, 'CNAME', 'ide.example.net');
    rig.dns.set('ide.example.net', 'A', '127.0.0.1');
    await rig.pass(120);
    const done = await ada.when(domain.id, 'ACTIVE');
    expect(done).toMatchObject({ url: `https://${domain.hostname}`, detail: null });
    expect(rig.acme.issued).toContain(domain.hostname);
    expect(rig.domains.directory.find(`${domain.hostname.toUpperCase()}.:8080`)).toMatchObject({
      ...{ active: true, hasCertificate: true, projectId: ada.projectId },
    });
    expect(await rig.domains.directory.secureContext(domain.hostname)).not.toBeNull();
  });
});
