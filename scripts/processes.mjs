import { spawn } from 'node:child_process';
import { Sentence } from './progress.mjs';

const TAIL_CHARACTERS = 4000;

/** Runs a command quietly; a failure carries the end of what it printed. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-TAIL_CHARACTERS);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => reject(new Sentence(`${command} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Sentence(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}:\n${output}`));
    });
  });
}

const PARENT_CHECK_MS = 500;

/**
 * Runs a command with this terminal; resolves to its exit code. Signals to this process go on to it. npm dies of a
 * signal without passing it on, so the death of our parent counts as one.
 */
export function attach(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && forward('SIGTERM'), PARENT_CHECK_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}
