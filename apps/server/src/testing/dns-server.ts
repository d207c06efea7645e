import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type RecordType } from 'dns-packet';

type Kind = 'A' | 'AAAA' | 'CNAME' | 'TXT';

/** A DNS server on a port of loopback with the records that a test sets. */
export interface DnsServer {
  /** `127.0.0.1:<port>` */
  address: string;
  set(name: string, kind: Kind, ...values: string[]): void;
  remove(name: string, kind?: Kind): void;
  /** Answers SERVFAIL to everything. */
  broken: boolean;
  close(): void;
}

/** Starts a DNS server over UDP; names that it has no record of do not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, Map<Kind, string[]>>();
  const socket = createSocket('udp4');
  const answersFor = (name: string, kind: RecordType): Answer[] => {
    const own = records.get(name.toLowerCase());
    const alias = own?.get('CNAME')?.[0];
    if (alias !== undefined && kind !== 'CNAME' && kind !== 'TXT')
      return [{ type: 'CNAME', name, data: alias }, ...answersFor(alias, kind)];
    return (own?.get(kind as Kind) ?? []).map((data) => ({ type: kind, name, ttl: 1, data }) as Answer);
  };
  const server: DnsServer = {
    address: '',
    broken: false,
    set: (name, kind, ...values) => {
      const own = records.get(name) ?? new Map<Kind, string[]>();
      records.set(name, own.set(kind, values));
    },
    remove: (name, kind) => {
      if (kind) records.get(name)?.delete(kind);
      else records.delete(name);
    },
    close: () => socket.close(),
  };
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (!question) return;
    const rcode = server.broken ? 2 : records.has(question.name.toLowerCase()) ? 0 : 3;
    const answers = server.broken ? [] : answersFor(question.name, question.type);
    const flags = 0x0580 | rcode;
    socket.send(encode({ type: 'response', id: id ?? 0, flags, questions, answers }), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}
