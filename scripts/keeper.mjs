import { spawn } from 'node:child_process';

const PARENT_CHECK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the platform with this terminal; resolves to its exit code. On its word `release` a successor is started beside it;
 * when that has loaded, the platform hands its listening socket over and ends, and the successor goes on from there.
 * The socket stays open here meanwhile, so connections wait in its queue and none is refused.
 */
export function keepPlatform(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    let running;
    let coming = null;
    let hasLoaded = false;
    let listening;
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
      coming = begin('--successor');
    };
    const heard = (child, message, handle) => {
      if (message === 'release' && child === running) release();
      if (message === 'listening' && child === running) listening = handle;
      if (message !== 'loaded' || child !== coming) return;
      hasLoaded = true;
      tell(running, 'hand-over');
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
        const handed = listening;
        listening = undefined;
        running.send('go', handed, () => handed?.close());
        return;
      }
      coming?.kill('SIGKILL');
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
