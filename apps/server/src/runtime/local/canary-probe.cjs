'use strict';
// Runs inside a sandbox and tries to get out. Prints the list of what succeeded; `[]` is a pass.
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const [secretFile, hostPort] = process.argv.slice(2);

const succeeds = (act) => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};
const runs = (command, ...args) =>
  new Promise((resolve) => execFile(command, args, (error) => resolve(error === null)));
const status = fs.readFileSync('/proc/self/status', 'utf8');
const says = (line) => new RegExp(`^${line}$`, 'm').test(status);

/** The error code of a connection attempt; null when it was accepted. */
const connect = (port, host) =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host, timeout: 1000 });
    const end = (code) => {
      socket.destroy();
      resolve(code);
    };
    socket.on('connect', () => end(null));
    socket.on('timeout', () => end('ETIMEDOUT'));
    socket.on('error', (error) => end(error.code));
  });

const seesOtherProcesses = () => {
  const known = new Set(['1', String(process.pid), String(process.ppid)]);
  return fs.readdirSync('/proc').some((name) => /^\d+$/.test(name) && !known.has(name));
};
const onlyLoopback = () => Object.values(os.networkInterfaces()).every((all) => all.every((one) => one.internal));
// Asked only where there is no way out of the machine, so that the address itself is never contacted.
const hasRoute = async () => !onlyLoopback() || (await connect(80, '169.254.169.254')) !== 'ENETUNREACH';

const outside = ['/canary', '/usr/canary', '/etc/canary', '/opt/canary', '/dev/canary'];

async function tryAll() {
  const others = seesOtherProcesses(); // before we start some of our own
  const [route, hostLoopback, mounted, namespace] = await Promise.all([
    hasRoute(),
    connect(Number(hostPort), '127.0.0.1'),
    runs('mount', '-t', 'tmpfs', 'none', '/tmp'),
    runs('unshare', '--user', 'true'),
  ]);
  return {
    'read a secret file of the host': succeeds(() => fs.readFileSync(secretFile)),
    'write outside its folders': outside.some((path) => succeeds(() => fs.writeFileSync(path, ''))),
    'write a kernel setting': succeeds(() => fs.closeSync(fs.openSync('/proc/sys/kernel/core_pattern', 'r+'))),
    'reach a port of the host': hostLoopback === null,
    'find a route to the network': route,
    'see processes of the host': others,
    'open the memory of another process': succeeds(() => fs.closeSync(fs.openSync('/proc/1/mem', 'r+'))),
    'run without its system call filter': !says('Seccomp:\\s2') || !says('NoNewPrivs:\\s1'),
    'keep capabilities': !says('CapEff:\\s0+') || !says('CapBnd:\\s0+'),
    'mount a file system': mounted,
    'make a user namespace': namespace,
  };
}

tryAll().then((tried) => process.stdout.write(JSON.stringify(Object.keys(tried).filter((name) => tried[name]))));
