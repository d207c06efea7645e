'use strict';
// Loaded into every Node app: one that listens on PORT, unaware of SOCKET_PATH, listens on the socket instead. Only the
// first such call is redirected; other ports stay on the sandbox's own loopback.
const { Server } = require('node:net');
const { PORT, SOCKET_PATH } = process.env;
const listen = Server.prototype.listen;
let redirected = false;

const portOf = (first) => (typeof first === 'object' && first !== null ? first.port : first);

if (PORT && SOCKET_PATH) {
  Server.prototype.listen = function (...args) {
    const asked = portOf(args[0]);
    if (redirected || asked === undefined || String(asked) !== PORT) return listen.apply(this, args);
    redirected = true;
    const callback = args.findLast((arg) => typeof arg === 'function');
    return listen.call(this, SOCKET_PATH, ...(callback ? [callback] : []));
  };
}
