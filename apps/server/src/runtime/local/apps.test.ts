import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppCrashed, AppStartFailed } from '../errors.ts';
import type { AppProcess, AppSpec, ProcessExit } from '../runtime.ts';
import type { AppState } from './app-transitions.ts';
import { AppSupervisor } from './apps.ts';

const exit: ProcessExit = { code: 1, signal: null, outOfMemory: false, logTail: 'last words' };
const spec = (): AppSpec => ({
  id: 'r1',
  artefactDir: '/artefact',
  argv: ['node'],
  env: {},
  limits: { memoryMb: 64, pids: 8 },
  socketDir: '/s',
  logFile: '/log',
  healthPath: '/',
  startTimeoutMs: 1_000,
});

/** A runtime whose apps end when told to. */
function fakeRuntime() {
  const running: (Pick<AppProcess, 'stop' | 'freeze' | 'thaw'> & { crash(): void; awakeUntil?: number })[] = [];
  const startApp = vi.fn(async (asked: AppSpec): Promise<AppProcess> => {
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    const stop = vi.fn(async () => {
      resolve({ ...exit, code: 0 });
      return promise;
    });
    const [freeze, thaw] = [vi.fn(), vi.fn()];
    const started: (typeof running)[number] = { stop, freeze, thaw, crash: () => resolve(exit) };
    running.push(started);
    const socketPath = `/s/${running.length}`;
    const awakeUntil = () => started.awakeUntil ?? 0;
    return { id: asked.id, socketPath, exited: promise, stop, freeze, thaw, awakeUntil, stats: async () => null };
  });
  return { startApp, running };
}

describe('the app supervisor', () => {
  let runtime: ReturnType<typeof fakeRuntime>;
  let now = 0;
  const supervise = (idleMs = 60_000) => new AppSupervisor({ runtime, idleMs, now: () => now });

  beforeEach(() => {
    runtime = fakeRuntime();
    now = 0;
  });

  test('callers at the same time share one start', async () => {
    const apps = supervise();
    const paths = await Promise.all([1, 2, 3].map(() => apps.ensure('r1', spec)));
    expect(paths).toEqual(['/s/1', '/s/1', '/s/1']);
    expect(runtime.startApp).toHaveBeenCalledTimes(1);
    expect(apps.state('r1').name).toBe('running');
  });

  test('an app without requests goes to sleep, and wakes again', async () => {
    const apps = supervise(5);
    const done = apps.begin('r1');
    await apps.ensure('r1', spec);
    done();
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('asleep'), 15_000);
    expect(await apps.ensure('r1', spec)).toBe('/s/2');
  });

  describe('that works though nobody uses it', () => {
    const working = async (options: { freezeMs?: number; backgroundMs: number }) => {
      vi.useFakeTimers();
      const apps = new AppSupervisor({ runtime, idleMs: 1_000, ...options, now: Date.now });
      await apps.ensure('r1', spec);
      return { apps, state: () => apps.state('r1').name, process: runtime.running[0] ?? expect.fail() };
    };
    afterEach(() => void vi.useRealTimers());

    test.each([{ freezeMs: 500 }, {}])('stays awake as long as it asked to: %j', async (more) => {
      const { state, process } = await working({ ...more, backgroundMs: 600_000 });
      process.awakeUntil = Date.now() + 60_000;
      await vi.advanceTimersByTimeAsync(59_000);
      expect(state()).toBe('running');
      await vi.advanceTimersByTimeAsync(3_000);
      expect(state()).toBe('asleep');
    });

    test('rests soon after it said that it was done', async () => {
      const { state, process } = await working({ backgroundMs: 600_000 });
      process.awakeUntil = Date.now() + 500_000;
      await vi.advanceTimersByTimeAsync(20_000);
      process.awakeUntil = 0;
      await vi.advanceTimersByTimeAsync(11_000);
      expect(state()).toBe('asleep');
    });

    test('stays awake no longer after its last visitor than the operator allows', async () => {
      const { apps, state, process } = await working({ backgroundMs: 30_000 });
      process.awakeUntil = Number.MAX_SAFE_INTEGER;
      await vi.advanceTimersByTimeAsync(20_000);
      apps.touch('r1');
      await vi.advanceTimersByTimeAsync(29_000);
      expect(state()).toBe('running');
      await vi.advanceTimersByTimeAsync(3_000);
      expect(state()).toBe('asleep');
    });
  });

  test('one without requests is frozen first; the next request thaws the same process', async () => {
    const apps = new AppSupervisor({ runtime, idleMs: 60_000, freezeMs: 1 });
    const done = apps.begin('r1');
    await apps.ensure('r1', spec);
    expect(runtime.running[0]?.freeze).not.toHaveBeenCalled();
    done();
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('frozen'), 15_000);
    expect(runtime.running[0]?.freeze).toHaveBeenCalledOnce();
    const next = apps.begin('r1');
    const both = [apps.ensure('r1', spec), apps.ensure('r1', spec)];
    expect(apps.state('r1').name).toBe('running');
    expect(await Promise.all(both)).toEqual(['/s/1', '/s/1']);
    expect(runtime.running[0]?.thaw).toHaveBeenCalledOnce();
    next();
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('frozen'), 15_000);
  });

  test('a frozen one that nobody wants is stopped', async () => {
    const states: string[] = [];
    const onState = (_: string, state: AppState) => states.push(state.name);
    const apps = new AppSupervisor({ runtime, idleMs: 10, freezeMs: 1, onState });
    await apps.ensure('r1', spec);
    await vi.waitFor(() => expect(states.at(-1)).toBe('asleep'), 15_000);
    expect(states).toEqual(['starting', 'running', 'frozen', 'stopping', 'asleep']);
  });

  test('a frozen one whose visitor left before it was woken is stopped all the same', async () => {
    const apps = new AppSupervisor({ runtime, idleMs: 1_000, freezeMs: 1 });
    await apps.ensure('r1', spec);
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('frozen'), 15_000);
    apps.touch('r1');
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('asleep'), 15_000);
    expect(runtime.running[0]?.thaw).not.toHaveBeenCalled();
  });

  test('one that dies while frozen is started anew', async () => {
    const apps = new AppSupervisor({ runtime, idleMs: 60_000, freezeMs: 1 });
    await apps.ensure('r1', spec);
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('frozen'), 15_000);
    runtime.running[0]?.crash();
    await vi.waitFor(() => expect(apps.state('r1').name).toBe('asleep'), 15_000);
    expect(await apps.ensure('r1', spec)).toBe('/s/2');
  });

  test('a request under way keeps it awake', async () => {
    const states: string[] = [];
    const apps = new AppSupervisor({ runtime, idleMs: 1, onState: (_, state) => states.push(state.name) });
    const done = apps.begin('r1');
    await apps.ensure('r1', spec);
    apps.touch('r1');
    const other = supervise(1);
    await other.ensure('r2', spec);
    await vi.waitFor(() => expect(other.state('r2').name).toBe('asleep'), 15_000); // the same time has passed for r1
    expect(states).toEqual(['starting', 'running']);
    done();
    await vi.waitFor(() => expect(states).toEqual(['starting', 'running', 'stopping', 'asleep']), 15_000);
  });

  test('crashes: started again at once, until there were three within a minute', async () => {
    const apps = supervise();
    for (let i = 0; i < 3; i++) {
      await apps.ensure('r1', spec);
      runtime.running.at(-1)?.crash();
      await vi.waitFor(() => expect(apps.state('r1').name).not.toBe('running'), 15_000);
    }
    const refused = await apps.ensure('r1', spec).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AppCrashed);
    expect(refused).toMatchObject({ logTail: 'last words', retryAfterMs: 60_000 });
    now = 60_000;
    expect(await apps.ensure('r1', spec)).toBe('/s/4');
  });

  test('failed starts count as crashes and reach every caller', async () => {
    runtime.startApp.mockRejectedValue(new AppStartFailed('exited', 'no such table'));
    const apps = supervise();
    for (let i = 0; i < 3; i++) {
      const both = await Promise.allSettled([apps.ensure('r1', spec), apps.ensure('r1', spec)]);
      expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    }
    await expect(apps.ensure('r1', spec)).rejects.toBeInstanceOf(AppCrashed);
    expect(runtime.startApp).toHaveBeenCalledTimes(3);
  });

  test('a specification that cannot be made is no crash', async () => {
    const apps = supervise();
    await expect(apps.ensure('r1', () => Promise.reject(new Error('database away')))).rejects.toThrow('database away');
    expect(apps.state('r1')).toEqual({ name: 'asleep', crashes: [] });
    expect(await apps.ensure('r1', spec)).toBe('/s/1');
  });

  test('draining waits for the requests under way', async () => {
    const apps = supervise();
    const done = apps.begin('r1');
    await apps.ensure('r1', spec);
    const drained = apps.drainAndStop('r1');
    expect(apps.state('r1').name).toBe('running');
    done();
    await drained;
    expect(runtime.running[0]?.stop).toHaveBeenCalledOnce();
    expect(apps.state('r1').name).toBe('asleep');
  });

  test('draining does not wait for ever', async () => {
    const apps = supervise();
    apps.begin('r1');
    await apps.ensure('r1', spec);
    await apps.drainAndStop('r1', 5);
    expect(apps.state('r1').name).toBe('asleep');
  });

  test('one that is wanted while it stops starts again afterwards', async () => {
    const apps = supervise();
    await apps.ensure('r1', spec);
    const stopped = apps.stopAll();
    expect(apps.state('r1').name).toBe('stopping');
    expect(await apps.ensure('r1', spec)).toBe('/s/2');
    await stopped;
  });

  /** The next start goes on until it is called off. */
  const startForEver = () =>
    runtime.startApp.mockImplementationOnce(
      ({ abort }) =>
        new Promise((_, reject) => {
          abort?.addEventListener('abort', () => reject(new AppStartFailed('aborted', '')));
        }),
    );

  test('one that is wanted while a start is called off has one process, which is known', async () => {
    startForEver();
    const again = Promise.withResolvers<string>();
    const onState = (id: string, { name }: AppState) => {
      // Asked for after the stop began to wait, so that the stop ends first and forgets what it stopped.
      if (name === 'stopping') queueMicrotask(() => again.resolve(apps.ensure(id, spec)));
    };
    const apps: AppSupervisor = new AppSupervisor({ runtime, idleMs: 60_000, onState });
    apps.ensure('r1', spec).catch(() => {});
    await vi.waitFor(() => expect(runtime.startApp).toHaveBeenCalledOnce(), 15_000);
    await Promise.all([apps.drainAndStop('r1'), again.promise]);
    expect(apps.state('r1').name).toBe('running');
    expect(apps.process('r1')).not.toBeNull();
    await apps.ensure('r1', spec);
    expect(runtime.running).toHaveLength(1);
  });

  test('stopping everything calls off a start', async () => {
    startForEver();
    const apps = supervise();
    const start = apps.ensure('r1', spec);
    start.catch(() => {});
    await vi.waitFor(() => expect(runtime.startApp).toHaveBeenCalled(), 15_000);
    await apps.stopAll();
    await expect(start).rejects.toMatchObject({ reason: 'aborted' });
    expect(apps.state('r1').name).toBe('asleep');
  });
});
