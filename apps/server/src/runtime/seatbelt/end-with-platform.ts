import { spawn } from 'node:child_process';

/** Waits for the end of its input, which the kernel brings with the end of this platform, however that comes. */
const script = 'read -r line; kill -KILL "-$1"';

/** Ends a group when this platform ends; the answer calls that off. macOS asks no kernel for it, as Linux does. */
export function endWithPlatform(group: number): () => void {
  const argv = ['-c', script, 'talkide', String(group)];
  const watch = spawn('/bin/sh', argv, { stdio: ['pipe', 'ignore', 'ignore'], env: {}, cwd: '/', detached: true });
  // One that could not be started is missed at the next start only, by the note.
  watch.on('error', () => {});
  watch.stdin?.on('error', () => {});
  watch.unref();
  return () => void watch.kill('SIGKILL');
}
