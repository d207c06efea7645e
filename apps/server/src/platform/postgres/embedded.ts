import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account, canReach, serverAccount } from './account.ts';
import { locateNativeFolder } from './binaries.ts';
import { ADMIN_ROLE, clusterFolder, createCluster, hasCluster, makeDataDir, readPassword } from './cluster.ts';
import { comesUp } from './comes-up.ts';
import { folderError, programError, unreachableError } from './errors.ts';
import { type Folders, launchCommand, type Placement, serverEnvironment, serverFolders, type Tools } from './launch.ts';
import { claimFolder } from './owner.ts';
import { clearLeftovers, findPostmaster, isReady, stopPostmaster } from './postmaster.ts';
import { serverArguments } from './settings.ts';
import { chooseSocketDir, folderId, makeSocketDir } from './socket-dir.ts';

const PORT = 5432;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and the superuser's password; private to PostgreSQL's account. */
  dataDir: string;
  /** Where the Unix socket should be; a path too long for a socket is replaced by one in the temporary folder. */
  socketDir: string;
  logFile: string;
  /** Server settings that replace ours: tests trade durability for speed. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  socketDir: string;
  port: number;
  /** The server's process id. */
  pid: number;
  /** The superuser's connection URL for one database. */
  adminUrl(database: string): string;
  /** Settles when the server ends, for whatever reason. */
  exited: Promise<void>;
  /** Fast shutdown, then immediate; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 on a Unix socket, creating its cluster the first time. The server is out of the terminal's
 * process group: Ctrl-C does not reach it before the platform has stopped. Where the platform is killed, the kernel
 * tells the server to shut down (`setpriv --pdeathsig`); where that is missing (macOS), the next start stops it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const native = locateNativeFolder();
  const account = await serverAccount(clusterFolder(dataDir));
  await makeDataDir(dataDir, account);
  const socketDir = chooseSocketDir(resolve(options.socketDir), dataDir);
  makeSocketDir(socketDir, account);
  const release = claimFolder(dataDir);
  try {
    const server = await start({ native, data: dataDir, socket: socketDir }, account, options);
    return { ...server, stop: () => server.stop().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

async function start(
  folders: Folders,
  account: Account | undefined,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const tools = findTools();
  const placement = await choosePlacement(folders, account, tools);
  const seen = serverFolders(placement, folders, folderId(folders.data));
  const launch = (program: string, args: string[]) => launchCommand(placement, tools, folders, seen, program, args);

  if (!(await hasCluster(folders.data))) {
    await createCluster(folders.data, account, (args) => launch('initdb', args), seen.data);
  }
  const password = await readPassword(folders.data);
  const clusterDir = clusterFolder(folders.data);
  const serverClusterDirs = [clusterDir, `${seen.data}/cluster`];
  await clearLeftovers(clusterDir, serverClusterDirs, join(folders.socket, `.s.PGSQL.${PORT}`));

  const log = openLog(options.logFile);
  const args = serverArguments(`${seen.data}/cluster`, seen.socket, PORT, options.settings);
  const { command, args: argv, account: runAs } = launch('postgres', args);
  const child = spawn(command, argv, {
    cwd: '/',
    env: serverEnvironment(process.env),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...runAs,
  });
  closeSync(log.fd);
  const exited = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
  const isUp = await comesUp({
    isReady: () => isReady(clusterDir, serverClusterDirs),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    logBytes: () => statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0,
  });
  const pid = await findPostmaster(clusterDir, serverClusterDirs);
  if (!isUp) {
    if (pid !== undefined) await stopPostmaster(pid, serverClusterDirs);
    throw programError('postgres', folders.data, readFileSync(options.logFile, 'utf8').slice(log.start));
  }
  if (pid === undefined) throw new Error('PostgreSQL was ready and then gone');
  return {
    socketDir: folders.socket,
    port: PORT,
    pid,
    adminUrl: (database) => connectionUrl(ADMIN_ROLE, password, folders.socket, database),
    exited,
    stop: () => stopPostmaster(pid, serverClusterDirs).then(() => exited),
  };
}

const findProgram = (name: string): string | undefined =>
  ['/usr/bin', '/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));

const findTools = (): Tools =>
  process.platform === 'linux' ? { setpriv: findProgram('setpriv'), unshare: findProgram('unshare') } : {};

async function choosePlacement(folders: Folders, account: Account | undefined, tools: Tools): Promise<Placement> {
  if (!account) return { kind: 'own-user' };
  const reachable = await Promise.all(Object.values(folders).map((folder) => canReach(folder, account)));
  if (reachable.every(Boolean)) return { kind: 'account', account };
  const hidesNothing = (point: string) => Object.values(folders).every((folder) => !folder.startsWith(`${point}/`));
  const mountPoint = ['/mnt', '/media', '/srv', '/opt'].find((point) => existsSync(point) && hidesNothing(point));
  if (mountPoint && tools.setpriv && tools.unshare) return { kind: 'namespace', account, mountPoint };
  throw unreachableError(folders.data);
}

/** Appends to the log, keeping one old file of bounded size; `start` is where this run's lines begin. */
function openLog(path: string): { fd: number; start: number } {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const size = existsSync(path) ? statSync(path).size : 0;
    if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
    return { fd: openSync(path, 'a', 0o600), start: size > MAX_LOG_BYTES ? 0 : size };
  } catch (error) {
    throw folderError(dirname(path), error);
  }
}

/** A URL that the `pg` driver takes; the host of a Unix socket is its folder. */
function connectionUrl(role: string, password: string, socketDir: string, database: string): string {
  const host = encodeURIComponent(socketDir);
  return `postgresql://${role}:${encodeURIComponent(password)}@localhost:${PORT}/${database}?host=${host}`;
}
