import { X509Certificate } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';

/** The certificate that the operator named cannot be used. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly mend = 'Check TALKIDE_TLS_CERT_FILE (PEM, with its chain) and TALKIDE_TLS_KEY_FILE, and who may read them.';
}

export interface FileCertificate {
  /** Whether it is for this host. */
  covers(host: string): boolean;
  context(): SecureContext;
  close(): void;
}

export interface FileCertificateOptions {
  cert: string;
  key: string;
  /** Its files have changed: it is in use, or why the one before stays. */
  onChange(error: CertificateError | null): void;
  /** Milliseconds between two looks at the files. */
  intervalMs?: number;
}

interface Loaded {
  context: SecureContext;
  certificate: X509Certificate;
}

/** Reads a certificate and its key, and again whenever one of the files changes. Throws `CertificateError`. */
export async function openFileCertificate(options: FileCertificateOptions): Promise<FileCertificate> {
  const files = [options.cert, options.key];
  let loaded = await load(options);
  let reading = Promise.resolve();
  const changed = () => {
    reading = reading
      .then(async () => {
        loaded = await load(options);
        options.onChange(null);
      })
      // Between the writing of the one file and of the other they do not fit: the second change mends that.
      .catch((error: CertificateError) => options.onChange(error));
  };
  // Polled: tools that renew certificates replace files, links and folders, which watching a folder misses.
  for (const file of files)
    watchFile(file, { interval: options.intervalMs ?? 5_000, persistent: false }, (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) changed();
    });
  return {
    covers: (host) => loaded.certificate.checkHost(host) !== undefined,
    context: () => loaded.context,
    close: () => {
      for (const file of files) unwatchFile(file);
    },
  };
}

async function load({ cert, key }: FileCertificateOptions): Promise<Loaded> {
  try {
    const [chain, keyText] = await Promise.all([readFile(cert), readFile(key)]);
    return { context: createSecureContext({ cert: chain, key: keyText }), certificate: new X509Certificate(chain) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CertificateError(`The certificate ${cert} with the key ${key} cannot be used (${code ?? message}).`, {
      cause: error,
    });
  }
}
