/** A platform to be killed by a test: starts the server in the folder it is given, says so, and waits. */
import { startEmbeddedPostgres } from './index.ts';

const [folder = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({
  dataDir: `${folder}/data`,
  socketDir: `${folder}/run`,
  logFile: `${folder}/postgres.log`,
});
process.stdout.write(`${server.pid}\n`);
setInterval(() => undefined, 60_000);
