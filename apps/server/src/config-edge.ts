import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { PublicPort, setting, Url } from './config-shape.ts';

const list = (text: string): string[] => text.split(',').map((part) => part.trim());
const isServer = (text: string): boolean => {
  const [, v6, v4, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (v6 === undefined && v4 === undefined) return isIPv6(text);
  return isIP(v6 ?? v4 ?? '') !== 0 && Number(port ?? 53) <= 65_535;
};
const File = z
  .string()
  .regex(/^[^\0]+$/)
  .optional();

/** Settings about domains, TLS and certificates. */
export const edgeSettings = {
  TALKIDE_PUBLIC_ADDRESSES: setting({
    shape: z
      .string()
      .transform(list)
      .refine((all) => all.every((one) => isIP(one) !== 0))
      .optional(),
    fallback: undefined,
    expects: 'IP addresses with commas between',
    about: 'Where people’s own domains are to point, when a CNAME cannot stand there.',
  }),
  TALKIDE_DNS_SERVERS: setting({
    shape: z
      .string()
      .transform(list)
      .refine((all) => all.every(isServer))
      .optional(),
    fallback: undefined,
    expects: 'IP addresses, with a port or without, with commas between',
    about: 'DNS servers that people’s domains are checked with. Default: the machine’s.',
  }),
  TALKIDE_TLS_PORT: setting({
    shape: PublicPort.optional(),
    fallback: undefined,
    expects: 'a port number',
    about: 'Port of HTTPS. Default: none, TLS is done in front of the platform or not at all.',
  }),
  TALKIDE_TLS_CERT_FILE: setting({
    shape: File,
    fallback: undefined,
    expects: 'a file',
    about:
      'Certificate (PEM, with its chain) of the public URL’s host and of all names below it. Read again when it changes.',
  }),
  TALKIDE_TLS_KEY_FILE: setting({
    shape: File,
    fallback: undefined,
    expects: 'a file',
    about: 'Its private key (PEM).',
  }),
  TALKIDE_ACME_DIRECTORY: setting({
    shape: Url.optional(),
    fallback: undefined,
    expects: 'an http(s) URL',
    about:
      'Directory of the certificate authority (ACME) that gives people’s domains certificates; setting it accepts its terms.',
  }),
  TALKIDE_ACME_CONTACT: setting({
    shape: z.email().optional(),
    fallback: undefined,
    expects: 'a mail address',
    about: 'Where that authority may write to.',
  }),
  TALKIDE_ACME_EAB_KEY_ID: setting({
    shape: z.string().min(1).optional(),
    fallback: undefined,
    expects: 'a key id',
    about: 'Binds the account to a customer of the authority (External Account Binding), for those that want it.',
  }),
  TALKIDE_ACME_EAB_KEY: setting({
    shape: z
      .string()
      .regex(/^[\w-]{16,}$/)
      .optional(),
    fallback: undefined,
    expects: 'a key in base64url',
    about: 'The key that goes with it.',
    secret: true,
  }),
};

export interface TlsConfig {
  port: number;
  /** Of the platform's own host; null: only people's domains have certificates. */
  files: { cert: string; key: string } | null;
}

export interface AcmeSettings {
  directory: string;
  contact: string | undefined;
  binding: { keyId: string; key: string } | undefined;
}

export interface EdgeConfig {
  publicAddresses: string[];
  dnsServers: string[];
  tls: TlsConfig | null;
  acme: AcmeSettings | null;
}

type Values = Partial<Record<keyof typeof edgeSettings, unknown>>;
const text = (values: Values, name: keyof typeof edgeSettings) => values[name] as string | undefined;

/** What does not fit together, as sentences. */
export function edgeProblems(values: Values): string[] {
  const pairs = [
    ['TALKIDE_TLS_CERT_FILE', 'TALKIDE_TLS_KEY_FILE'],
    ['TALKIDE_ACME_EAB_KEY_ID', 'TALKIDE_ACME_EAB_KEY'],
  ] as const;
  const needs = [
    ['TALKIDE_TLS_CERT_FILE', 'TALKIDE_TLS_PORT'],
    ['TALKIDE_ACME_DIRECTORY', 'TALKIDE_TLS_PORT'],
    ['TALKIDE_ACME_CONTACT', 'TALKIDE_ACME_DIRECTORY'],
    ['TALKIDE_ACME_EAB_KEY', 'TALKIDE_ACME_DIRECTORY'],
  ] as const;
  const has = (name: keyof typeof edgeSettings) => values[name] !== undefined;
  return [
    ...pairs.filter(([a, b]) => has(a) !== has(b)).map(([a, b]) => `${a} and ${b} go together. Set both or none.`),
    ...needs.filter(([a, b]) => has(a) && !has(b)).map(([a, b]) => `${a} needs ${b} too. Set both, or unset ${a}.`),
    ...(has('TALKIDE_TLS_PORT') && !has('TALKIDE_TLS_CERT_FILE') && !has('TALKIDE_ACME_DIRECTORY')
      ? [
          'TALKIDE_TLS_PORT needs certificates: TALKIDE_TLS_CERT_FILE with TALKIDE_TLS_KEY_FILE, TALKIDE_ACME_DIRECTORY, or all.',
        ]
      : []),
  ];
}

/** The part of the configuration about domains and TLS; `toFile` makes paths absolute. */
export function readEdge(values: Values, toFile: (path: string) => string): EdgeConfig {
  const [cert, key] = [text(values, 'TALKIDE_TLS_CERT_FILE'), text(values, 'TALKIDE_TLS_KEY_FILE')];
  const [keyId, bindingKey] = [text(values, 'TALKIDE_ACME_EAB_KEY_ID'), text(values, 'TALKIDE_ACME_EAB_KEY')];
  const directory = text(values, 'TALKIDE_ACME_DIRECTORY');
  const port = values.TALKIDE_TLS_PORT as number | undefined;
  return {
    publicAddresses: (values.TALKIDE_PUBLIC_ADDRESSES as string[] | undefined) ?? [],
    dnsServers: (values.TALKIDE_DNS_SERVERS as string[] | undefined) ?? [],
    tls: port === undefined ? null : { port, files: cert && key ? { cert: toFile(cert), key: toFile(key) } : null },
    acme: directory
      ? {
          directory,
          contact: text(values, 'TALKIDE_ACME_CONTACT'),
          binding: keyId && bindingKey ? { keyId, key: bindingKey } : undefined,
        }
      : null,
  };
}
