import {
  type MacOSSandboxParams,
  wrapCommandWithSandboxMacOS,
} from '@anthropic-ai/sandbox-runtime/dist/sandbox/macos-sandbox-utils.js';
import type { Bind } from '../runtime.ts';
import { hiddenFolders, systemFolders } from './system-folders.ts';

/** What a sandbox may touch. All paths are canonical ones of the host. */
export type Allowed = {
  binds: readonly Pick<Bind, 'from' | 'mode'>[];
  /** The binary that it is given as Node. */
  node: string;
  /** Its own temporary folder. */
  tempDir: string;
  /** Folders whose Unix sockets it may make and reach. */
  socketDirs: readonly string[];
  /** The one port of the host's loopback that it may listen on and reach; null: none. */
  port: number | null;
  network?: 'host' | undefined;
};

const isBelow = (path: string, folder: string) => path.startsWith(`${folder}/`);

/** What the library is asked for. */
export function sandboxParams({ binds, node, tempDir, socketDirs, port, network }: Allowed): MacOSSandboxParams {
  const writable = binds.filter(({ mode }) => mode === 'rw').map(({ from }) => from);
  const readOnlyWithin = binds.filter(
    ({ mode, from }) => mode === 'ro' && writable.some((folder) => isBelow(from, folder)),
  );
  return {
    command: 'true',
    binShell: 'sh',
    needsNetworkRestriction: network !== 'host',
    allowUnixSockets: [...socketDirs, tempDir],
    ...(port === null ? {} : { httpProxyPort: port }),
    // Literal ones: a folder may be called `[x]`.
    readConfig: {
      denyOnly: ['/', ...hiddenFolders],
      literalAllowWithinDeny: [...systemFolders, node, ...binds.map(({ from }) => from), tempDir],
    },
    writeConfig: {
      allowOnly: [],
      literalAllowOnly: [...writable, tempDir],
      denyWithinAllow: [],
      literalDenyWithinAllow: readOnlyWithin.map(({ from }) => from),
    },
    allowGitConfig: true,
  };
}

/**
 * The Seatbelt profile of a sandbox, as the library writes it. It also forbids some names (`.vscode`, git hooks) below the
 * working directory of the process that asks, which it takes for the developer's project: `emptyDir` is said to be that one.
 */
export function sandboxProfile(allowed: Allowed, emptyDir: string): string {
  const { cwd } = process;
  process.cwd = () => emptyDir;
  try {
    return profileOf(wrapCommandWithSandboxMacOS(sandboxParams(allowed)));
  } finally {
    process.cwd = cwd;
  }
}

/** The profile in a command line of the library: `env NAME=value… sandbox-exec -p <profile> <shell> -c <command>`. */
export function profileOf(commandLine: string): string {
  const words = unquoted(commandLine);
  const at = words.indexOf('-p');
  const profile = words[at + 1];
  const isKnown = words[at - 1] === '/usr/bin/sandbox-exec' && profile?.startsWith('(version 1)\n(deny default ');
  if (!isKnown || profile === undefined) throw new Error('The sandbox library made a command line of another form.');
  return profile;
}

/** The words of a line that is quoted for a POSIX shell as the library does: bare, or in single quotes, or `"'"`. */
export function unquoted(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"'"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|"(')"/g, (_all, single?: string, quote?: string) => single ?? quote ?? ''),
  );
}
