'use strict';
// Begins a loosened sandbox: what attempts look for is put up, and then they are made.
const { execFileSync } = require('node:child_process');
const { createSocket } = require('node:dgram');
const { once } = require('node:events');
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');

// SIOCSIFADDR of a second name of the loopback, which counts as one more network device.
const address = 'pack("a16 S n C4 x16", "lo:1", 2, 0, 192, 0, 2, 1)';
const giveAddress = `socket(my $s, 2, 2, 0) or die $!; my $r = ${address}; ioctl($s, 0x8916, $r) or die $!`;

async function listening(where) {
  const server = createServer((socket) => socket.destroy()).unref();
  await once(server.listen(where), 'listening');
}

/** Answers every question with one address. */
async function resolver() {
  const socket = createSocket('udp4').unref();
  socket.on('message', (query, { port, address }) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const header = [query.subarray(0, 2), Buffer.from([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])];
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 2]);
    socket.send(Buffer.concat([...header, question, answer]), port, address);
  });
  await once(socket.bind(53, '192.0.2.1'), 'listening');
}

async function main() {
  execFileSync('/usr/bin/perl', ['-e', giveAddress]);
  writeFileSync('/dev/shm/of-another', 'shared');
  await Promise.all([
    resolver(),
    listening({ host: '127.0.0.1', port: 5432 }),
    listening('/tmp/.s.PGSQL.5432'),
    listening('\0/tmp/.X11-unix/X0'),
  ]);
  require(join(__dirname, 'run.cjs'));
}
main();
