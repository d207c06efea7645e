import { spawn } from 'node:child_process';

const PARENT_CHECK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the platform with this terminal; resolves to its exit code. On its word `release` a successor is started beside it;
 * when that has loaded, the platform hands its listening sockets over and ends, and the successor goes on from there.
 * The sockets stay open here meanwhile, so connections wait in their queues and none is refused. What is said: see
 * apps/server/src/handover.ts.
 */
export function keepPlatform(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    let running;
    let coming = null;
    let hasLoaded = false;
    let takes = [];
    const sockets = new Map();
    let stopping = false;

    const begin = (...more) => {
      // The channel closes when this process dies, however it dies; the platform then stops by itself.
      const child = spawn(command, [...args, ...more], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], ...options });
      child.on('error', reject);
      child.on('message', (message, handle) => heard(child, message, handle));
      child.on('close', (code, signal) => ended(child, code, signal));
      return child;
    };
    const release = () => {
      if (coming || stopping) return;
      hasLoaded = false;
      takes = [];
      coming = begin('--successor', `--of=${running.pid}`);
    };
    const heard = (child, message, handle) => {
      if (message === 'release' && child === running) release();
      if (message === 'listening' && child === running) sockets.set('http', handle);
      if (message.also && child === running) sockets.set(message.also, handle);
      if (message.takes && child === coming) takes = message.takes;
      if (message !== 'loaded' || child !== coming) return;
      hasLoaded = true;
      tell(running, { takes });
      tell(running, 'hand-over');
    };
    const pass = () => {
      const give = (message, handle) => running.send(message, handle, () => handle?.close());
      for (const [name, handle] of sockets) if (name !== 'http') give({ also: name }, handle);
      give('go', sockets.get('http'));
      sockets.clear();
    };
    const ended = (child, code, signal) => {
      if (child === coming) {
        coming = null;
        if (!stopping) tell(running, 'stay');
        return;
      }
      if (coming && hasLoaded && !stopping) {
        running = coming;
        coming = null;
        pass();
        return;
      }
      coming?.kill('SIGKILL');
      for (const handle of sockets.values()) handle.close();
      clearInterval(watch);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    };
    const stop = (signal) => {
      stopping = true;
      coming?.kill('SIGKILL');
      running.kill(signal);
    };

    running = begin();
    for (const signal of SIGNALS) process.on(signal, stop);
    process.on('SIGUSR2', release);
    // npm dies of a signal without passing it on, so the death of our parent counts as one.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && stop('SIGTERM'), PARENT_CHECK_MS);
  });
}

/** One that is ending has closed its channel already. */
const tell = (child, message) => child.connected && child.send(message, () => {});
