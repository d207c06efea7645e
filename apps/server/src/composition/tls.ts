import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Config } from '../config.ts';
import { bareHost, type Directory } from '../domains/index.ts';
import type { Logger } from '../log.ts';
import { CertificateError, type FileCertificate, openFileCertificate } from '../platform/http/file-certificate.ts';
import { createHttpsGuard, type Guard } from '../platform/http/https-guard.ts';
import { createTlsServer, type Listeners } from '../platform/http/tls-server.ts';
import { endUpgrades } from '../platform/http/upgrades.ts';
import type { CustomHosts } from './custom-hosts.ts';
import { placeOf } from './place.ts';

export interface TlsOptions extends Pick<Config, 'tls' | 'host' | 'trustProxy'> {
  log: Logger;
  publicUrl: string;
  customHosts: CustomHosts;
  directory: Directory;
}

export interface Tls {
  /** Where it listens: 0 until then when any free one was asked for. */
  readonly port: number;
  guard: Guard;
  /** Undefined until it serves. */
  readonly server: Server | undefined;
  serve(listeners: Listeners): void;
  /** With the listening socket that a predecessor handed over, where there is one. */
  listen(socket?: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The port under which visitors reach HTTPS: of the public URL where that says one, else the one listened on. */
export const publicTlsPort = (publicUrl: string, listening = 443): number => {
  const { protocol, port } = new URL(publicUrl);
  return protocol === 'https:' ? Number(port) || 443 : listening;
};

/** HTTPS for the platform's own host by a certificate from files, and for people's domains by theirs. Throws `CertificateError`. */
export async function openTls(options: TlsOptions): Promise<Tls> {
  const { tls, log, publicUrl, customHosts, directory } = options;
  const { protocol, hostname } = new URL(publicUrl);
  const files = tls?.files ?? null;
  const own = files && (await openOwn(files, hostname, log));
  const port = tls?.port ?? 443;
  const isOwn = (host: string) => own?.covers(host) === true && customHosts.find(host) === null;

  async function certificate(servername: string): Promise<SecureContext | null> {
    const host = bareHost(servername);
    if (isOwn(host)) return own?.context() ?? null;
    return customHosts.find(host) ? directory.secureContext(host) : null;
  }
  const guard = createHttpsGuard({
    ...{ port: publicTlsPort(publicUrl, port), trustProxy: options.trustProxy },
    hostOf: (request) => bareHost(request.headers.host),
    isSecure: (host) => customHosts.find(host)?.hasCertificate ?? (protocol === 'https:' && isOwn(host)),
    belongTogether: (a, b) => isOwn(a) && isOwn(b),
  });
  let server: Server | undefined;
  return {
    get port() {
      return (server?.address() as AddressInfo | null)?.port ?? port;
    },
    guard,
    get server() {
      return server;
    },
    serve(listeners) {
      server = createTlsServer(certificate, listeners);
    },
    async listen(socket) {
      await once(server?.listen(await placeOf(options.host, port, socket)) as Server, 'listening');
    },
    async close() {
      own?.close();
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()) ?? resolve());
      if (server) endUpgrades(server);
      server?.closeAllConnections();
      await closed;
    },
  };
}

async function openOwn(files: { cert: string; key: string }, hostname: string, log: Logger): Promise<FileCertificate> {
  const own = await openFileCertificate({
    ...files,
    onChange: (error) => {
      if (error) log.error({ err: error }, 'The certificate from files could not be read again; the one before stays');
      else log.info('The certificate was read again from its files');
    },
  });
  if (!own.covers(hostname)) {
    own.close();
    throw new CertificateError(`The certificate ${files.cert} is not for ${hostname}, the host of TALKIDE_PUBLIC_URL.`);
  }
  if (!own.covers(`app.${hostname}`))
    log.warn(`The certificate ${files.cert} is not for *.${hostname}: applications have no HTTPS there.`);
  return own;
}
