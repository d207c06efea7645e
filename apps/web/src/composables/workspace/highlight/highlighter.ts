import type { HighlightDone, HighlightJob, Token } from './tokens';
import { plainLines } from './tokens';

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (lines: Token[][]) => void>();

function start(): Worker {
  const made = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data }: MessageEvent<HighlightDone>) => {
    waiting.get(data.id)?.(data.lines);
    waiting.delete(data.id);
  });
  return made;
}

/** Colours code in a worker; the page goes on meanwhile. Without workers the code stays plain. */
export function highlight(code: string, language: string): Promise<Token[][]> {
  if (typeof Worker === 'undefined') return Promise.resolve(plainLines(code));
  worker ??= start();
  lastId += 1;
  const job: HighlightJob = { id: lastId, code, language };
  return new Promise((resolve) => {
    waiting.set(job.id, resolve);
    worker?.postMessage(job);
  });
}
