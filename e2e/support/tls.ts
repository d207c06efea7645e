import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestCa, type TestCa } from '../../apps/server/src/platform/http/testing/test-ca.ts';
import { freePort } from './platform.ts';

/** HTTPS of a platform, with a certificate that nobody trusts but who knows its authority. */
export interface OwnTls {
  port: number;
  /** PEM. */
  root: string;
  /** Settings of the platform. */
  env: Record<string, string>;
}

/** Prepares HTTPS for these hosts; the files of the certificate go into the home. */
export async function prepareTls(home: string, hosts: string[], authority?: TestCa): Promise<OwnTls> {
  const [ca, port] = [authority ?? (await createTestCa()), await freePort()];
  const own = await ca.issue(hosts);
  const [cert, key] = [join(home, 'tls-cert.pem'), join(home, 'tls-key.pem')];
  await Promise.all([writeFile(cert, own.cert), writeFile(key, own.key)]);
  const env = { TALKIDE_TLS_PORT: String(port), TALKIDE_TLS_CERT_FILE: cert, TALKIDE_TLS_KEY_FILE: key };
  return { port, root: ca.root, env };
}
