import type { Readable, Writable } from 'node:stream';

/**
 * A host path shown inside. `from` must be canonical: a symbolic link anywhere in it is refused, because a tenant can
 * swap a folder of theirs for a link to the host. `trusted` paths (the platform's own) are resolved first instead.
 */
export type Bind = { from: string; to: string; mode: 'ro' | 'rw'; trusted?: boolean };

export type Limits = {
  memoryMb: number;
  pids: number;
  /** Cores, e.g. 0.5; absent = no quota. */
  cpus?: number;
  /** Largest single file that may be written. */
  fileSizeMb?: number;
  /** Wall-clock seconds after which a job is killed; apps and workers ignore it. */
  seconds?: number;
};

/** Whether other people's code can be run here, and how it is bounded. */
export type RuntimeStatus =
  | {
      status: 'available';
      limits: 'cgroup-v1' | 'cgroup-v2' | 'rlimit' | 'kubernetes';
      /** `development`: good enough for one person's own platform, not for other people's code. */
      grade: 'production' | 'development';
    }
  | { status: 'unavailable'; reason: string; mend: string };

/** A program that runs to its end: a build, a test, a git command. */
export type JobSpec = {
  /** Names it in groups and errors; letters, digits, hyphens and underscores. */
  id: string;
  kind: 'build' | 'git';
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  binds: readonly Bind[];
  /** `seconds` bounds the time; 600 when absent. */
  limits: Limits;
  /** Receives all output until `maxOutputBytes`; made anew. */
  logFile?: string;
  /** Bytes of output kept in the log and passed on; 8 MB when absent. The job itself goes on. */
  maxOutputBytes?: number;
  onOutput?: (chunk: Buffer) => void;
  stdin?: Readable | Buffer | string;
  /** Takes standard output as it is, with back-pressure and unbounded; then only standard error is logged. */
  stdout?: Writable;
  /** The folder of the socket of its way out, for Node programs that know proxies; absent = no network. */
  egressDir?: string;
  /** Ends the job at once. */
  abort?: AbortSignal;
};

export type JobResult = {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  outOfMemory: boolean;
  /** The last 16 KB of output. */
  outputTail: string;
  durationMs: number;
};

/** A program that answers HTTP on the Unix socket named by `SOCKET_PATH` (or, for Node programs, on `PORT`). */
export type AppSpec = {
  id: string;
  /** Shown read-only at /app, which is also the working directory. */
  artefactDir: string;
  argv: readonly string[];
  /** Added to what the runtime sets: PATH, HOME, HOST, PORT, SOCKET_PATH, NODE_OPTIONS. */
  env: Readonly<Record<string, string>>;
  /** Values of the environment that must not stand in its log. */
  secrets?: readonly string[];
  limits: Limits;
  /** A folder of the runtime's for this process alone; short, a socket path has at most 107 bytes. */
  socketDir: string;
  logFile: string;
  /** A folder of this release, writable at /var/cache/app, in which Node keeps compiled code from one start to the next. */
  cacheDir?: string;
  /** The folder of PostgreSQL's Unix socket, shown at /run/postgresql. */
  postgresSocketDir?: string;
  /** The folder of the socket of its way out, shown at /run/egress; absent = no network. */
  egressDir?: string;
  /** The folder of the socket where its files are kept, shown at /run/uploads and named by `UPLOADS_SOCKET`; absent = none. */
  uploadsDir?: string;
  healthPath: string;
  startTimeoutMs: number;
  abort?: AbortSignal;
};

/** Code and signal are both null where they cannot be learnt: of a survivor. */
export type ProcessExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  outOfMemory: boolean;
  logTail: string;
};

export type ProcessStats = { memoryBytes: number; cpuMs: number; pids: number };

export type RunningProcess = {
  id: string;
  /** Resolves once everything it started is dead; never rejects. */
  exited: Promise<ProcessExit>;
  /** Asks it to end (SIGTERM) and ends it after `graceMs`; resolves when it is dead, also when it was before. */
  stop(graceMs: number): Promise<ProcessExit>;
  /** What it uses now; null once it ended. */
  stats(): Promise<ProcessStats | null>;
};

export type AppProcess = RunningProcess & {
  socketPath: string;
  /** Gives none of it the processor until `thaw`, `stop` or its death; memory and connections stay. */
  freeze(): void;
  /** Lets it go on where it was; nothing for one that isn't frozen. Both do nothing once it ended. */
  thaw(): void;
  /** Until when it asks to be kept awake for work that no visitor waits for, in milliseconds since 1970; 0: it does not. */
  awakeUntil(): number;
};
export type WorkerProcess = RunningProcess;

/** The agent worker of one tenant environment, run from this repository. */
export type WorkerSpec = {
  id: string;
  /** The repository; `apps/worker`, `packages` and `node_modules` of it are shown below /opt/talkide. */
  repositoryDir: string;
  /** The program, relative to the repository. */
  entry: string;
  env: Readonly<Record<string, string>>;
  limits: Limits;
  /** The tenant's trees; `to` lies below /workspace. */
  workspaces: readonly Bind[];
  /** Writable at /home/mara. */
  homeDir: string;
  /**
   * A folder with the platform's listening Unix socket `control.sock` and nothing else, at /run/talkide: a platform that
   * starts again listens there anew.
   */
  controlDir: string;
  /** The shared dependency store, read-only at /opt/deps. */
  depsDir: string;
  /** Packages of the applications' own, a folder a project, read-only at /opt/packages. */
  packagesDir: string;
  logFile: string;
  /** The host's network; absent = none but a loopback of its own. */
  network?: 'host';
  /** Shown besides, in this order. */
  binds?: readonly Bind[];
};

/**
 * Runs other people's code. Every method throws `RuntimeUnavailable` while `status` is unavailable, and `SandboxRefused`
 * (or the adapter's like) when the specification would show something it must not.
 */
export interface Runtime {
  readonly status: RuntimeStatus;
  /**
   * Where programs inside find what a bind shows: at its `to`, or where the host has it. Paths in a command, its environment
   * and its working directory are put right for them; those in files, links among them, are not (`shownAt`).
   */
  readonly paths: 'inside' | 'host';
  /** Runs a job to its end. A failing, killed or timed-out job is a result, not an error. */
  run(job: JobSpec): Promise<JobResult>;
  /** Starts an app and resolves when its health path answered 200. Throws `AppStartFailed` with the end of its log. */
  startApp(spec: AppSpec): Promise<AppProcess>;
  /**
   * Starts a worker and resolves once it runs; that it works shows on the control socket. It goes on when the platform
   * dies without having closed the runtime.
   */
  startWorker(spec: WorkerSpec): Promise<WorkerProcess>;
  /** Workers of an earlier platform that died, by the ids of their specifications; this one's from now on. */
  readonly survivors: readonly WorkerProcess[];
  /** Ends everything that was started and waits for it. */
  close(options?: { keepWorkers: boolean }): Promise<void>;
}
