import { Agent } from 'node:http';
import { visit } from '../../e2e/support/api.ts';

const REQUESTS_PER_SECOND = 100;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks an application at a steady rate; counts what failed. */
export async function load(address: string, ms: number): Promise<{ sent: number; failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const pending: Promise<boolean>[] = [];
  const begun = performance.now();
  for (let sent = 0; performance.now() - begun < ms; sent += 1) {
    pending.push(
      visit(address, '/', agent).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    const due = ((sent + 1) * 1000) / REQUESTS_PER_SECOND - (performance.now() - begun);
    if (due > 0) await pause(due);
  }
  const results = await Promise.all(pending);
  agent.destroy();
  return { sent: results.length, failed: results.filter((ok) => !ok).length };
}
