import type { AppProcess, ProcessExit, RunningProcess } from '../runtime.ts';
import { drained } from './drained.ts';
import { rotatingLog } from './log-file.ts';
import { createMasks } from './mask.ts';
import type { SandboxedProgram } from './program.ts';
import { Tail } from './tail.ts';

export type LoggedProcess = RunningProcess & Pick<AppProcess, 'freeze' | 'thaw'> & { logTail(): string; kill(): void };

function withTimeout<T>(promise: Promise<T>, ms: number, onTime: () => void): Promise<T> {
  const timer = setTimeout(onTime, ms);
  return promise.finally(() => clearTimeout(timer));
}

/** A long-running program in a sandbox, its output in a bounded log without the secrets; `cleanUp` runs before `exited` resolves. */
export function loggedProcess(
  id: string,
  sandboxed: SandboxedProgram,
  { logFile, secrets }: { logFile: string; secrets: readonly string[] },
  cleanUp: () => void,
): LoggedProcess {
  const tail = new Tail();
  const log = rotatingLog(logFile);
  const { stdout, stderr } = sandboxed.child;
  const show = (chunk: Buffer) => {
    if (chunk.length === 0) return;
    tail.push(chunk);
    log.write(chunk);
  };
  const masks = createMasks(secrets);
  for (const stream of [stdout, stderr]) {
    const mask = masks?.();
    stream?.on('data', (chunk: Buffer) => show(mask ? mask.push(chunk) : chunk));
    stream?.on('end', () => show(mask ? mask.end() : Buffer.alloc(0)));
  }
  const exited = Promise.all([sandboxed.exited, drained(stdout), drained(stderr)]).then(
    async ([exit]): Promise<ProcessExit> => {
      await log.end();
      try {
        cleanUp();
      } catch {
        // It has ended all the same; who starts it again meets what could not be cleaned up.
      }
      return { ...exit, logTail: tail.text() };
    },
  );
  return {
    id,
    exited,
    logTail: () => tail.text(),
    kill: sandboxed.kill,
    freeze: sandboxed.freeze,
    thaw: sandboxed.thaw,
    stats: sandboxed.usage,
    stop(graceMs) {
      if (!sandboxed.signal('SIGTERM')) sandboxed.kill();
      sandboxed.thaw(); // a frozen one would not hear it
      return withTimeout(exited, graceMs, sandboxed.kill);
    },
  };
}
