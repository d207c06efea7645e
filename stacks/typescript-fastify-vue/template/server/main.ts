import { rm } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { buildApp } from './app.ts';
import { hasDatabase, sql } from './db.ts';
import { env } from './env.ts';
import { logError } from './errors.ts';
import { migrate } from './migrate.ts';

const drainMs = 4500;

/** Requests of the API wait for the migrations; pages do not. */
const ready = hasDatabase ? migrate(sql) : Promise.resolve();
ready.catch((error) => {
  logError(error);
  process.exit(1);
});

const app = buildApp({ ready });

async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), drainMs).unref();
  await app.close();
  if (hasDatabase) await sql.end({ timeout: 1 });
  process.exit(0);
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);

if (env.socketPath) {
  await rm(env.socketPath, { force: true });
  await app.listen({ path: env.socketPath });
} else {
  await app.listen({ host: env.host, port: env.port });
}

// Compiled code reaches the cache (NODE_COMPILE_CACHE) even when the process is killed later.
setTimeout(flushCompileCache, 1000).unref();
