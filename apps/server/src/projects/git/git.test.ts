import { describe, expect, it } from 'vitest';
import type { JobResult, JobSpec, Runtime } from '../../runtime/index.ts';
import { RuntimeUnavailable } from '../../runtime/index.ts';
import { createGit, GitFailed, gitJobSpec } from './git.ts';

const ended: JobResult = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  outOfMemory: false,
  outputTail: '',
  durationMs: 1,
};

/** A runtime whose job writes this output. */
const printing = (output: string, result: Partial<JobResult> = {}): Pick<Runtime, 'run'> => ({
  run: (job: JobSpec) =>
    new Promise((resolve) => {
      const { stdout } = job;
      if (!stdout) throw new Error('no output wanted');
      stdout.once('error', () => resolve({ ...ended, exitCode: null, signal: 'SIGKILL' }));
      stdout.once('finish', () => resolve({ ...ended, ...result }));
      stdout.end(output);
    }),
});
const job = { script: 'git x', args: ['$(rm -rf /)'], repository: { dir: '/r', mode: 'ro' as const } };

describe('a job of git', () => {
  it('passes input as arguments and shows the repository and the tree only', () => {
    const spec = gitJobSpec({ ...job, tree: { dir: '/t', mode: 'rw' } });
    expect(spec.argv).toEqual(['/bin/sh', '-c', 'git x', 'git', '$(rm -rf /)']);
    expect(spec.cwd).toBe('/tree');
    expect(spec.binds).toEqual([
      { from: '/r', to: '/repository.git', mode: 'ro' },
      { from: '/t', to: '/tree', mode: 'rw' },
    ]);
  });

  it('takes configuration from nowhere else, and runs no hooks', () => {
    const { env } = gitJobSpec(job);
    expect(env).toMatchObject({ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_DIR: '/repository.git' });
    expect(env.GIT_WORK_TREE).toBeUndefined();
    const settings = Object.fromEntries(
      Array.from({ length: Number(env.GIT_CONFIG_COUNT) }, (_, i) => [
        env[`GIT_CONFIG_KEY_${i}`],
        env[`GIT_CONFIG_VALUE_${i}`],
      ]),
    );
    expect(settings).toMatchObject({ 'core.hooksPath': '/dev/null', 'core.fsmonitor': 'false', 'safe.directory': '*' });
  });

  it('has a name of its own each time', () => expect(gitJobSpec(job).id).not.toBe(gitJobSpec(job).id));
});

describe('running git', () => {
  it('hands on output up to a bound', async () => {
    expect(await createGit(printing('abc')).run(job)).toEqual({ stdout: Buffer.from('abc'), truncated: false });
    const cut = await createGit(printing('abcdef')).run({ ...job, maxBytes: 4 });
    expect(cut).toEqual({ stdout: Buffer.from('abcd'), truncated: true });
  });

  it('throws what git said', async () => {
    const failing = createGit(printing('', { exitCode: 128, outputTail: 'fatal: no' })).run(job);
    await expect(failing).rejects.toThrow(GitFailed);
    await expect(failing).rejects.toMatchObject({ exitCode: 128, message: expect.stringContaining('fatal: no') });
  });

  it('says that nothing can run without sandboxes', async () => {
    const run = async () => {
      throw new RuntimeUnavailable('There is no bubblewrap.', 'Install it.');
    };
    await expect(createGit({ run }).run(job)).rejects.toMatchObject({
      code: 'runtime_unavailable',
      facts: { reason: 'There is no bubblewrap.', mend: 'Install it.' },
    });
  });
});
