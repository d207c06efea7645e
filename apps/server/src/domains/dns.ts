import { Resolver } from 'node:dns/promises';

/** The DNS could not be asked, which says nothing about what stands in it. */
export class DnsFailed extends Error {
  override readonly name = 'DnsFailed';
}

/** What is asked of the DNS. Each gives an empty list where there is no such record, and throws `DnsFailed`. */
export interface Dns {
  /** Texts of TXT records, their parts joined. */
  texts(name: string): Promise<string[]>;
  /** IPv4 and IPv6 addresses, aliases followed. */
  addresses(name: string): Promise<string[]>;
  aliases(name: string): Promise<string[]>;
}

const NOTHING_THERE = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME']);
/** A name may have thousands; ours is among the first or the zone is not meant for people. */
const MOST = 100;

/** Asks the machine's DNS servers, or others (`address` or `address:port`). */
export function createDns(servers: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async <T>(question: Promise<T[]>): Promise<T[]> => {
    try {
      return (await question).slice(0, MOST);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (NOTHING_THERE.has(code ?? '')) return [];
      throw new DnsFailed(`The DNS answered ${code}.`, { cause: error });
    }
  };
  return {
    texts: async (name) => (await ask(resolver.resolveTxt(name))).map((parts) => parts.join('')),
    addresses: async (name) => (await Promise.all([ask(resolver.resolve4(name)), ask(resolver.resolve6(name))])).flat(),
    aliases: (name) => ask(resolver.resolveCname(name)),
  };
}
