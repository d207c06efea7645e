import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate authority that nobody trusts but a test. */
export interface TestCa {
  /** PEM. */
  root: string;
  /** Signs a request (DER), for the names in it; PEM with its chain. */
  sign(csr: Uint8Array<ArrayBuffer>, days?: number): Promise<string>;
  /** A certificate for these names with a key of its own, as an operator would have it. */
  issue(names: readonly string[]): Promise<{ cert: string; key: string }>;
  /** The names that a request is for. */
  namesOf(csr: Uint8Array<ArrayBuffer>): Promise<string[]>;
}

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** The same keys; the library writes their types another way. */
type Keys = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'];
const newKeys = async () => (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as Keys;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes an authority with a root of its own. */
export async function createTestCa(): Promise<TestCa> {
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=Test CA', keys, signingAlgorithm: EC },
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  let serial = 1;
  const certify = async (names: readonly string[], publicKey: x509.PublicKeyType, days: number) => {
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(4, '0'),
      ...{ subject: `CN=${names[0]?.slice(0, 64)}`, issuer: root.subject, publicKey },
      ...{ signingKey: keys.privateKey, signingAlgorithm: EC },
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + days * DAY_MS),
      extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value })))],
    });
    return `${certificate.toString('pem')}\n${root.toString('pem')}\n`;
  };
  const read = (csr: Uint8Array<ArrayBuffer>) => new x509.Pkcs10CertificateRequest(csr);
  const namesOf = async (csr: Uint8Array<ArrayBuffer>) => {
    const request = read(csr);
    if (!(await request.verify())) throw new Error('the request is not signed by its key');
    const found = request.extensions.find((one) => one instanceof x509.SubjectAlternativeNameExtension);
    return found?.names.toJSON().map(({ value }) => value) ?? [];
  };
  return {
    root: root.toString('pem'),
    namesOf,
    sign: async (csr, days = 90) => certify(await namesOf(csr), read(csr).publicKey, days),
    issue: async (names) => {
      const own = await newKeys();
      const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return { cert: await certify(names, own.publicKey, 90), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
    },
  };
}
