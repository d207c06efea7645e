import { linkSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../platform/remove-tree.ts';
import { SandboxRefused } from '../errors.ts';

const maxSocketPath = process.platform === 'darwin' ? 103 : 107; // sun_path is 104 or 108 bytes with its end mark

/** File systems that link no sockets: there the app's own name for it goes. */
const NOT_LINKED = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM']);

/** The two sides of an app's socket: the folder it may write to, and the path the platform connects to. */
export type AppSocket = { appDir: string; path: string };

/** Makes a fresh socket folder. Throws `SandboxRefused` when the path is too long for a Unix socket. */
export function makeAppSocket(socketDir: string): AppSocket {
  const socket = { appDir: join(socketDir, 'in'), path: join(socketDir, 'http.sock') };
  if (Buffer.byteLength(join(socket.appDir, 'http.sock')) > maxSocketPath) {
    throw new SandboxRefused(`The path ${socket.path} is too long for a Unix socket; choose a shorter data folder.`);
  }
  removeAppSocket(socketDir);
  mkdirSync(socket.appDir, { recursive: true });
  return socket;
}

/**
 * Takes the app's socket, once it is there, into a name only the platform can change. Connecting to the app's own name
 * would follow whatever it puts there later: a link to another tenant's socket, or to the database's.
 */
export function adoptAppSocket(socket: AppSocket, link = linkSync): boolean {
  const own = join(socket.appDir, 'http.sock');
  try {
    link(own, socket.path);
  } catch (error) {
    if (!NOT_LINKED.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    renameSync(own, socket.path);
  }
  if (lstatSync(socket.path).isSocket()) return true;
  // Whatever it put there: a link, a file, a folder.
  removeTree(socket.path);
  return false;
}

/** Removes a socket folder with what the app left in it. */
export function removeAppSocket(socketDir: string): void {
  removeTree(socketDir);
}
