'use strict';
// Runs inside a sandbox and tries to get out. Prints the list of what succeeded; `[]` is a pass.
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const { dirname } = require('node:path');
const [secretFile, hostPort, ptraceCall] = process.argv.slice(2);

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

/** Variables of the platform that hold its keys, in any process that can be seen. */
const holdsKeys = () =>
  fs.readdirSync('/proc').some((pid) => {
    try {
      return /(^|\0)(TALKIDE_|ANTHROPIC_|CLAUDE_|DATABASE_URL=|PG)/.test(
        fs.readFileSync(`/proc/${pid}/environ`, 'utf8'),
      );
    } catch {
      return false;
    }
  });
const databaseFolders = ['/run/postgresql', '/var/run/postgresql', '/tmp'];
const seesDatabase = (folder) =>
  succeeds(() => {
    if (!fs.readdirSync(folder).some((name) => name.startsWith('.s.PGSQL.'))) throw new Error('none');
  });
// PTRACE_TRACEME harms nobody. Where perl isn't installed, no raw call is made here: the filter's presence is asked too.
const traces = `exit(syscall(${Number(ptraceCall)}, 0, 0, 0, 0) == -1 ? 1 : 0)`;

const outside = ['/canary', '/usr/canary', '/etc/canary', '/opt/canary', '/dev/canary'];

async function tryAll() {
  const keys = holdsKeys();
  const others = seesOtherProcesses(); // before we start some of our own
  const [route, hostLoopback, mounted, namespace, traced] = await Promise.all([
    hasRoute(),
    connect(Number(hostPort), '127.0.0.1'),
    runs('mount', '-t', 'tmpfs', 'none', '/tmp'),
    runs('unshare', '--user', 'true'),
    runs('/usr/bin/perl', '-e', traces),
  ]);
  return {
    'read a secret file of the host': succeeds(() => fs.readFileSync(secretFile)),
    "list the folder of the platform, where every tenant's tree is": succeeds(() =>
      fs.readdirSync(dirname(secretFile)),
    ),
    'find a socket of the database': databaseFolders.some(seesDatabase),
    'read a key of the platform in /proc': keys,
    'trace a process': traced,
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
