import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';

export interface SecureAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface SecureRequest {
  port: number;
  /** The only authority that is trusted. */
  ca: string;
  /** What the handshake is for. */
  servername: string;
  host?: string;
  path?: string;
  method?: string;
  body?: string;
}

/** Asks by HTTPS on loopback as a browser would, which refuses a certificate for another name. */
export function secureVisit({
  port,
  ca,
  servername,
  host = servername,
  ...more
}: SecureRequest): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const { path = '/', method = 'GET' } = more;
    const headers = { host };
    const asked = request(
      { host: '127.0.0.1', port, ca, servername, path, method, headers, agent: false },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
        answer.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(more.body);
  });
}

/** A connection after its handshake; `servername` may be left out, as old programs do. */
export function handshake(port: number, ca: string, servername?: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca, rejectUnauthorized: servername !== undefined };
    const socket = connect({ ...options, ...(servername === undefined ? {} : { servername }) });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}
