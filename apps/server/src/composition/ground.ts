import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { WORKER_PROTOCOL } from '@talkide/contracts';
import { createFolderStorage, createS3Storage, type ObjectStorage } from '../adapters/storage/index.ts';
import type { Config } from '../config.ts';
import { type CliExecutor, createCliExecutor, findCli } from '../executor/index.ts';
import type { Home } from '../home.ts';
import { type Addresses, createAddresses, toolFolders } from '../hosting/index.ts';
import type { Logger } from '../log.ts';
import { createEventHub, type EventHub } from '../platform/events.ts';
import { createRoom, type Room } from '../platform/room.ts';
import { createSecrets, loadSecretKey, type Secrets } from '../platform/secrets.ts';
import { createVault, type Vault } from '../platform/vault.ts';
import { createMachineRuntime, forOnePerson, openSocketRoot, type Runtime } from '../runtime/index.ts';
import { CONTROL_FOLDER } from './control-server.ts';
import { tellDatabaseNews } from './database-news.ts';
import { type Databases, openDatabases } from './databases.ts';
import type { Lifetime } from './lifetime.ts';
import { type ModelUpstream, openModel } from './model.ts';
import { openPayments, type PaymentProvider } from './payments.ts';

/** Of sandboxes which have no /tmp of their own. */
const TEMP_FOLDER = 't';

export const repositoryDir = resolve(import.meta.dirname, '..', '..', '..', '..');

/** Where PostgreSQL's client programs may be, best first. */
export const clientPrograms = toolFolders(repositoryDir, process.env.PATH ?? '');

/**
 * Where sockets are, if it is there: what an application writes beside them counts as its memory. macOS has no such folder,
 * and one with a short name is needed for the paths of sockets.
 */
export const SHARED_MEMORY = process.platform === 'darwin' ? '/private/tmp' : '/dev/shm';
/** Below a seat: calls that are not in the database yet. */
export const JOURNAL = 'gateway';
/** Below a seat: notes of its sandboxes. */
export const SANDBOXES = join('run', 'sandboxes');

/** A process's place in a home. */
export type Seat = Pick<Home, 'seat' | 'id' | 'shares' | 'own'>;

/** What the modules stand on. */
export interface Ground {
  config: Config;
  home: string;
  /** Of this process in the home. */
  seat: Seat;
  log: Logger;
  publicUrl: string;
  addresses: Addresses;
  secrets: Secrets;
  vault: Vault;
  /** Folder of Unix sockets, short. */
  sockets: string;
  depsDir: string;
  databases: Databases;
  runtime: Runtime;
  storage: ObjectStorage;
  model: ModelUpstream;
  /** Null: the gateway makes the agents' calls. */
  cli: CliExecutor | null;
  paymentProvider: PaymentProvider;
  hub: EventHub;
  /** On the disk of the home. */
  room: Room;
  lifetime: Lifetime;
  /** Where errors of work in the background go. */
  onError(error: unknown): void;
}

export interface GroundOptions {
  config: Config;
  home: Home;
  log: Logger;
  lifetime: Lifetime;
  onError(error: unknown): void;
}

/** Opens the database, the sandboxes, the model and the payment provider, side by side. */
export async function openGround({ config, home, log, lifetime, ...told }: GroundOptions): Promise<Ground> {
  // First of all: what is missing is said before anything is opened.
  const found = config.executor === 'CLI' ? await findCli(cliOf(config)) : null;
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  const secretKey = config.secretKey ?? (await loadSecretKey(home.path));
  const secrets = createSecrets(secretKey);
  const vault = createVault({ current: secretKey, previous: config.previousSecretKey });
  const sockets = openSocketRoot(home.id, SHARED_MEMORY, tmpdir(), [CONTROL_FOLDER, TEMP_FOLDER]);
  const depsDir = join(repositoryDir, '.toolchain', 'dependencies');
  await mkdir(depsDir, { recursive: true });

  const room = createRoom({
    ...{ folder: home.path, floorMb: config.minFreeMb },
    onChange: ({ low, ...facts }) =>
      low
        ? log.error(facts, 'Little room is left on the disk of the home: nothing new is begun')
        : log.warn(facts, 'There is room on the disk of the home again'),
  });
  lifetime.add(room.close);
  const opening = [
    openDatabases(config, home, sockets, secrets, tellDatabaseNews(log)).then((databases) => {
      lifetime.add(databases.close);
      return databases;
    }),
    openRuntime(home, sockets, config).then((runtime) => {
      lifetime.add(() => runtime.close({ keepWorkers: lifetime.leaving }));
      return runtime;
    }),
    openStorage(config, home),
    openModel(config).then((model) => {
      lifetime.add(model.close);
      return model;
    }),
    openPayments({ config, publicUrl, secrets, folder: home.own('test-payments') }).then((provider) => {
      lifetime.add(provider.close);
      return provider;
    }),
  ] as const;
  // All of them first: what was opened beside a failure is closed with the rest.
  await Promise.allSettled(opening);
  const [databases, opened, storage, model, paymentProvider] = await Promise.all(opening);
  const runtime = await forOnePerson(opened, () => hasOthers(databases.db));
  const cli = found && (await createCliExecutor(found, databases.db));
  const hub = await createEventHub(databases.db);
  const addresses = createAddresses(publicUrl);
  return {
    ...{
      config,
      log,
      lifetime,
      publicUrl,
      addresses,
      secrets,
      vault,
      sockets,
      depsDir,
      databases,
      runtime,
      storage,
      model,
      hub,
    },
    ...{ paymentProvider, cli, room },
    home: home.path,
    seat: home,
    onError: told.onError,
  };
}

const cliOf = ({ claudeProgram, claudeFolder }: Config) => ({
  program: claudeProgram,
  folder: claudeFolder,
  searchPath: process.env.PATH ?? '',
});

/** Whether several people have accounts. */
const hasOthers = async (db: Databases['db']) =>
  (await db.system((tx) => tx.selectFrom('tenant').select('id').limit(2).execute())).length > 1;

function openRuntime(home: Home, sockets: string, { executor, appSpares }: Config): Promise<Runtime> {
  const hostNetwork = executor === 'CLI';
  return createMachineRuntime({
    hostNetwork,
    spares: { count: appSpares, socketsDir: sockets },
    homeId: home.id,
    workerRelease: `${WORKER_PROTOCOL} ${hostNetwork} ${join(sockets, CONTROL_FOLDER)}`,
    stateDir: home.own(SANDBOXES),
    tempRoot: join(sockets, TEMP_FOLDER),
    secretFile: join(home.path, 'secret.key'),
    bwrap: findProgram('bwrap'),
    node: process.execPath,
    arch: process.arch,
  });
}

const openStorage = ({ s3 }: Config, home: Home): Promise<ObjectStorage> =>
  s3 ? createS3Storage(s3) : createFolderStorage(join(home.path, 'objects'), home.own(join('objects', '.drafts')));

function findProgram(name: string): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  return found ?? `/usr/bin/${name}`;
}
