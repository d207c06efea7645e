import type { Bind, Limits } from '../runtime.ts';

/** What a sandbox is for; it names the sandbox and its cgroup. */
export type SandboxKind = 'worker' | 'build' | 'app' | 'git';

export type SandboxSpec = {
  kind: SandboxKind;
  argv: readonly string[];
  /** The whole environment, over defaults for PATH, HOME, TZ and LANG; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Working directory inside the sandbox. */
  cwd: string;
  binds: readonly Bind[];
  limits: Limits;
  /** The host's network; absent = none but a loopback of its own. */
  network?: 'host';
  /** Goes on when the platform dies; the next one finds it again (`survivors.ts`). */
  outlives?: true;
};
