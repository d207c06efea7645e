import { request } from 'node:http';

/** Whether GET `path` on a Unix socket answers 200 within `timeoutMs`, however slowly it says anything else. */
export function answersOk(socketPath: string, path: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path, agent: false, headers: { host: 'localhost' } });
    const end = (ok: boolean) => {
      clearTimeout(timer);
      asked.destroy();
      resolve(ok);
    };
    const timer = setTimeout(end, timeoutMs, false);
    asked.on('response', (answer) => end(answer.statusCode === 200));
    asked.on('error', () => end(false));
    // Without an answer and without an error: it switched protocols unasked.
    asked.on('close', () => end(false));
    asked.end();
  });
}
