import { readdirSync, readFileSync } from 'node:fs';
import { SESSION_MARK } from './agent-options.ts';

/** Process ids whose environment carries the mark of an agent session. */
function marked(key: string): number[] {
  const mark = `${SESSION_MARK}=${key}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark);
      } catch {
        // It ended while we looked, or is not ours.
        return false;
      }
    })
    .map(Number);
}

/**
 * Ends what the commands of a session left running, except the agent itself. Answers how many there were. Without /proc none
 * are found: no program in a sandbox of macOS may look at environments, and they end with the worker.
 */
export function killStrays(key: string, agentPid: number | null): number {
  if (process.platform !== 'linux') return 0;
  const strays = marked(key).filter((pid) => pid !== agentPid && pid !== process.pid);
  for (const pid of strays) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return strays.length;
}
