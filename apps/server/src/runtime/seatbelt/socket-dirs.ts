import { inside } from '../inside.ts';
import type { Bind } from '../runtime.ts';

const withSockets: readonly string[] = [
  ...[inside.appSocketDir, inside.postgres, inside.egressDir, inside.uploadsDir, inside.controlDir],
];

/** The folders among binds whose Unix sockets are meant to be used. */
export const socketDirs = (binds: readonly Bind[]): string[] =>
  binds.filter(({ to }) => withSockets.includes(to)).map(({ from }) => from);
