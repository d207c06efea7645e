'use strict';
// Loaded into the first Node process of a job with a way out: the platform's proxy, which stands behind a socket, answers
// on a port of the sandbox's own loopback. `egress.cjs` does the same for applications and points their clients there.
const net = require('node:net');

const relay = net.createServer((client) => {
  const proxy = net.connect('/run/egress/egress.sock');
  client.on('error', () => proxy.destroy()).on('close', () => proxy.destroy());
  proxy.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.pipe(proxy).pipe(client);
});
// Taken already: a child of the process that relays.
relay.on('error', () => {});
relay.listen(3128, '127.0.0.1').unref();
