/** The part of release that needs Node 24. */
import { askForRelease } from '../apps/server/src/release.ts';

try {
  const { ms, platforms } = await askForRelease(process.env, process.cwd());
  const of = platforms > 1 ? ` from ${platforms} platforms, one after another,` : '';
  process.stdout.write(`What is in this folder now runs; it took over${of} in ${(ms / 1000).toFixed(1)} s.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
