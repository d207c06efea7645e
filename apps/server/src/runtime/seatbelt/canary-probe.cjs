'use strict';
// Runs under a Seatbelt profile and tries to get out. Prints the list of what succeeded; `[]` is a pass.
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const [secretFile, otherTenant, hostPort, platformPid, shownFile] = process.argv.slice(2);

const succeeds = (act) => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

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
// What Seatbelt answers; any other code comes from a network that was reached.
const isForbidden = (code) => code === 'EPERM' || code === 'EACCES';

const prints = (command, ...args) =>
  new Promise((resolve) => execFile(command, args, { maxBuffer: 1 << 26 }, (_error, output) => resolve(output)));

const key = /(^|[\0\s])(TALKIDE_(SECRET|WORKER|SMTP)|ANTHROPIC_|CLAUDE_CODE_OAUTH|DATABASE_URL=|PGPASSWORD)/m;
const holdsKeys = async () => {
  const own = Object.keys(process.env).some((name) => key.test(`${name}=`));
  const others = await Promise.all([prints('/bin/ps', '-axEww', '-o', 'command='), prints('/bin/ps', 'axeww')]);
  return own || others.some((output) => key.test(output));
};

const writes = (path) =>
  succeeds(() => {
    fs.writeFileSync(path, '', { flag: 'wx' });
    fs.rmSync(path);
  });
const canary = `talkide-canary-${process.pid}`;
const outside = ['/private/tmp', '/tmp', '/var/tmp', '/usr/local', homedir(), dirname(secretFile), dirname(shownFile)];
const databaseFolders = ['/private/tmp', '/tmp', '/run/postgresql'];
const listens = () =>
  new Promise((resolve) => {
    const server = net.createServer().on('error', () => resolve(false));
    server.listen(0, '127.0.0.1', () => server.close(() => resolve(true)));
  });

async function tryAll() {
  const [hostLoopback, metadata, listening, keys] = await Promise.all([
    connect(Number(hostPort), '127.0.0.1'),
    connect(80, '169.254.169.254'),
    listens(),
    holdsKeys(),
  ]);
  return {
    'read a secret file of the host': succeeds(() => fs.readFileSync(secretFile)),
    "list the folder of the platform, where every tenant's tree is": succeeds(() =>
      fs.readdirSync(dirname(secretFile)),
    ),
    'read the folder of another tenant': succeeds(() => fs.readFileSync(join(otherTenant, 'note.txt'))),
    'read it through a link': succeeds(() => {
      const link = join(process.env.TMPDIR, 'link');
      fs.symlinkSync(otherTenant, link);
      fs.readFileSync(join(link, 'note.txt'));
    }),
    'list the homes of people': succeeds(() => fs.readdirSync(fs.existsSync('/Users') ? '/Users' : '/home')),
    'list temporary files of others': databaseFolders.some((folder) => succeeds(() => fs.readdirSync(folder))),
    'write outside its folders': outside.some((folder) => writes(join(folder, canary))),
    'change what it is shown': succeeds(() => fs.closeSync(fs.openSync(shownFile, 'r+'))),
    'reach a port of the host': hostLoopback === null,
    'reach the address of metadata': !isForbidden(metadata),
    'listen on a port of the host': listening,
    'signal a process of the host': succeeds(() => process.kill(Number(platformPid), 0)),
    'read a key of the platform': keys,
  };
}

tryAll().then((tried) => process.stdout.write(JSON.stringify(Object.keys(tried).filter((name) => tried[name]))));
