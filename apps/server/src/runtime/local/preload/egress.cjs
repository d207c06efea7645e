'use strict';
// Loaded into the Node programs of a sandbox that has a way out: the platform's proxy, which stands behind a socket, answers
// on a port of the sandbox's own loopback, and HTTP clients are pointed there unless EGRESS_RELAY_ONLY says that they look
// for it themselves. Nothing here is a wall: without it, or past it, there is no network at all.
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { syncBuiltinESMExports } = require('node:module');

const SOCKET = '/run/egress/egress.sock';
// Where a sandbox has no loopback of its own (macOS) the platform relays, on a port that it names.
const { EGRESS_PORT } = process.env;
const PORT = Number(EGRESS_PORT) || 3128;
const address = `http://127.0.0.1:${PORT}`;
const proxyEnv = { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: 'localhost,127.0.0.1,::1' };

if (!EGRESS_PORT) relayFromLoopback();
if (!process.env.EGRESS_RELAY_ONLY) pointClients();

function pointClients() {
  for (const library of [http, https]) {
    const { Agent } = library;
    library.globalAgent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000, proxyEnv });
    // Clients with an agent of their own.
    library.Agent = new Proxy(Agent, {
      construct: (target, [options], made) => Reflect.construct(target, [{ proxyEnv, ...options }], made),
      apply: (target, self, [options]) =>
        self instanceof target ? target.call(self, { proxyEnv, ...options }) : new target({ proxyEnv, ...options }),
    });
  }
  // Setting fetch up loads its library, which takes longer than the whole start of a small app: at the first call only.
  const { fetch } = globalThis;
  let isSetUp = false;
  globalThis.fetch = async (...args) => {
    if (!isSetUp) http.setGlobalProxyFromEnv?.(proxyEnv);
    isSetUp = true;
    try {
      return await fetch(...args);
    } catch (error) {
      // The library keeps to itself what a proxy says beside its status.
      let inner = error;
      while (inner?.cause) inner = inner.cause;
      const status = /^Proxy response \((\d+)\)/.exec(inner?.message ?? '')?.[1];
      if (!status) throw error;
      const why =
        status === '403'
          ? 'it may not be reached from here'
          : status === '429'
            ? 'too many connections are open'
            : 'it does not answer';
      throw new TypeError(`fetch failed: TalkIDE did not connect to the host, ${why} (Settings, Network tells more)`, {
        cause: error.cause,
      });
    }
  };
  syncBuiltinESMExports();
}

/** The first process of the sandbox relays for those that it starts. */
function relayFromLoopback() {
  const relay = net.createServer((client) => {
    const proxy = net.connect(SOCKET);
    client.on('error', () => proxy.destroy()).on('close', () => proxy.destroy());
    proxy.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(proxy).pipe(client);
  });
  relay.on('error', () => {});
  relay.listen(PORT, '127.0.0.1').unref();
}
