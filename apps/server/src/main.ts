// Almost nothing is imported here: static imports are compiled before the cache is on.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Not in the temporary folder, which is the default: there, others could put code of theirs in its place.
enableCompileCache(join(import.meta.dirname, '..', '..', '..', '.toolchain', 'compile-cache'));
const { run } = await import('./run.ts');
await run();
