import { linkSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxRefused } from '../errors.ts';

const maxSocketPath = 107; // sun_path is 108 bytes with its end mark

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
export function adoptAppSocket(socket: AppSocket): boolean {
  try {
    linkSync(join(socket.appDir, 'http.sock'), socket.path);
  } catch {
    return false;
  }
  if (lstatSync(socket.path).isSocket()) return true;
  rmSync(socket.path);
  return false;
}

/** Removes a socket folder with what the app left in it. */
export function removeAppSocket(socketDir: string): void {
  rmSync(socketDir, { recursive: true, force: true });
}
