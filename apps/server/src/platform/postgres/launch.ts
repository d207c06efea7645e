import { dirname } from 'node:path';
import type { Account } from './account.ts';

/** The three folders that PostgreSQL uses, as the server sees them. */
export interface Folders {
  native: string;
  data: string;
  socket: string;
}

/** Programs of util-linux, where the system has them. */
export interface Tools {
  setpriv?: string | undefined;
  unshare?: string | undefined;
}

/**
 * How PostgreSQL's programs are run: as the user who runs the platform; as another account; or as that account in a
 * mount namespace, because it cannot pass through a folder above the data or the binaries (a clone below a 0700 home).
 */
export type Placement =
  | { kind: 'own-user' }
  | { kind: 'account'; account: Account }
  | { kind: 'namespace'; account: Account; mountPoint: string };

export interface Launch {
  command: string;
  args: string[];
  account?: Account;
}

/**
 * The environment of PostgreSQL's programs: what they need of ours and nothing else. The platform's holds the model key
 * and other secrets, and a server hands its environment on to every one of its processes.
 */
export const serverEnvironment = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && /^(PATH|TZ|LANG|LC_\w+|TMPDIR)$/.test(name) ? [[name, value]] : [],
    ),
  );

/** Arguments: mount point, its one folder, pairs of source and target, `--`, and the program that takes its place. */
const BIND_AND_RUN = `
mount -t tmpfs -o mode=0755 tmpfs "$1"
mkdir -m 0755 "$2"
shift 2
while [ "$1" != -- ]; do mkdir -m 0755 "$2"; mount --bind "$1" "$2"; shift 2; done
shift
exec "$@"`;

/** Where the server finds its folders under a placement. */
export function serverFolders(placement: Placement, folders: Folders, id: string): Folders {
  if (placement.kind !== 'namespace') return folders;
  const base = `${placement.mountPoint}/talkide-${id}`;
  return { native: `${base}/native`, data: `${base}/data`, socket: `${base}/socket` };
}

/**
 * The command line that starts a program of PostgreSQL. The kernel sends the server SIGINT (fast shutdown) when the
 * platform dies without having stopped it: hence no process may stand between the two (bubblewrap would, and without
 * the right to signal another user's process), and the request comes after the change of user, which clears it.
 */
export function launchCommand(
  placement: Placement,
  tools: Tools,
  folders: Folders,
  seen: Folders,
  program: string,
  programArgs: string[],
): Launch {
  const run = [`${seen.native}/bin/${program}`, ...programArgs];
  const [command = '', ...args] = tools.setpriv ? [tools.setpriv, '--pdeathsig', 'INT', '--', ...run] : run;
  if (placement.kind === 'own-user') return { command, args };
  if (placement.kind === 'account') return { command, args, account: placement.account };
  if (!tools.setpriv || !tools.unshare) throw new Error('a namespace placement needs setpriv and unshare');
  const { uid, gid } = placement.account;
  const binds = (['native', 'data', 'socket'] as const).flatMap((name) => [folders[name], seen[name]]);
  return {
    command: tools.unshare,
    args: [
      ...['--mount', '--propagation', 'private', '--', '/bin/sh', '-ec', BIND_AND_RUN, 'talkide-postgres'],
      ...[placement.mountPoint, dirname(seen.native), ...binds, '--'],
      ...[tools.setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', command, ...args],
    ],
  };
}
