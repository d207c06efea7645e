import { request } from 'node:http';

/** Whether GET `path` on a Unix socket answers 200 within `timeoutMs`. */
export function answersOk(socketPath: string, path: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path, agent: false, headers: { host: 'localhost' }, timeout: timeoutMs });
    const end = (ok: boolean) => {
      asked.destroy();
      resolve(ok);
    };
    asked.on('response', (answer) => end(answer.statusCode === 200));
    asked.on('timeout', () => end(false));
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
