import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** Sockets read into it one after the other; whoever keeps something of it copies it. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens sockets to an upstream. They pass on what they read in the memory of the next read. */
export function opener(origin: URL, socketPath?: string): (take: (bytes: Buffer) => void) => Socket {
  if (socketPath) return (take) => connectPlain({ path: socketPath, onread: into(take) });
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const isPlain = origin.protocol === 'http:';
  const port = Number(origin.port || (isPlain ? 80 : 443));
  if (isPlain) return (take) => connectPlain({ host, port, onread: into(take) });
  // A name for SNI; addresses have none.
  const servername = isIP(host) ? '' : host;
  return (take) => {
    const options: ConnectionOptions & { onread: OnReadOpts } = {
      ...{ host, port, servername, ALPNProtocols: ['http/1.1'] },
      onread: into(take),
    };
    return connectTls(options);
  };
}

const into = (take: (bytes: Buffer) => void): OnReadOpts => ({
  buffer: readBuffer,
  callback: (size) => {
    take(readBuffer.subarray(0, size));
    return true;
  },
});
