import { execFile, spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { visit } from '../../e2e/support/api.ts';
import { freePort } from '../../e2e/support/platform.ts';
import { appSockets, ask, quantile, timed, until } from './support.ts';

const BLOCKS = 20;
const REQUESTS = 100;

async function find(program: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** Caddy as Debian has it, installed where that is possible. */
async function findCaddy(): Promise<string | null> {
  const found = await find('caddy');
  if (found || process.getuid?.() !== 0) return found;
  const install = ['install', '-y', '--no-install-recommends', 'caddy'];
  await promisify(execFile)('apt-get', install, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).catch(
    () => {},
  );
  return find('caddy');
}

/** Caddy as a reverse proxy to a socket, which it cannot wake: `keepAwake` is called until it answers. */
async function startCaddy(
  program: string,
  socketPath: string,
  keepAwake: () => Promise<unknown>,
): Promise<{ port: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'tk-caddy-'));
  const port = String(await freePort());
  const file = join(dir, 'Caddyfile');
  await writeFile(
    file,
    `{\n admin off\n auto_https off\n}\nhttp://:${port} {\n bind 127.0.0.1\n reverse_proxy unix/${socketPath}\n}\n`,
  );
  const env = { PATH: process.env.PATH, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
  const child = spawn(program, ['run', '--config', file, '--adapter', 'caddyfile'], { env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until('Caddy', async () => {
    await keepAwake();
    return visit(`http://localhost:${port}`).then(
      ({ status }) => status === 200,
      () => false,
    );
  });
  return {
    port,
    stop: async () => {
      child.kill();
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What the edge adds: the same small file by the edge, by Caddy and from the application's socket, in turns. */
export async function measureEdge(home: string, address: string): Promise<Record<string, number | string>> {
  const program = await findCaddy();
  await visit(address);
  const [socketPath] = await appSockets(home);
  if (!socketPath) throw new Error('no socket of the application is there');
  const caddy = program ? await startCaddy(program, socketPath, () => visit(address)) : null;
  const { host, port } = new URL(address);
  const by = (at: string) => ({ host: '127.0.0.1', port: at, headers: { host } });
  const ways = { direct: { socketPath }, edge: by(port), ...(caddy && { caddy: by(caddy.port) }) };
  const sample: Record<string, number[]> = { direct: [], edge: [], caddy: [] };
  const agents = Object.entries(ways).map(([way, to]) => ({
    way,
    to,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  }));
  for (let block = 0; block < BLOCKS; block++) {
    for (const { way, to, agent } of agents)
      for (let i = 0; i < REQUESTS; i++) sample[way]?.push(await timed(() => ask(to, agent)));
  }
  for (const { agent } of agents) agent.destroy();
  await caddy?.stop();
  const p50 = (way: string) => quantile(sample[way] ?? [], 0.5);
  const added = (way: string) => Math.round((p50(way) - p50('direct')) * 100) / 100;
  return {
    ...{ directP50Ms: p50('direct'), edgeP50Ms: p50('edge'), edgeAddedP50Ms: added('edge') },
    ...(caddy
      ? { caddyP50Ms: p50('caddy'), caddyAddedP50Ms: added('caddy') }
      : { caddy: 'not measured: no caddy on this machine, and apt-get could not install it' }),
  };
}
