'use strict';
// Loaded, after the others, into a Node process that was started ahead of its application: it loads what servers use, waits
// until it is told whose it is, and then goes on as if it had been started for that one.
const { closeSync, openSync, readSync } = require('node:fs');
const { enableCompileCache } = require('node:module');

const libraries = 'http https tls crypto zlib stream/promises fs/promises dns timers/promises readline worker_threads';
for (const library of libraries.split(' ')) require(`node:${library}`);
// The loader of modules sets itself up at its first use.
require('./spare.mjs');

/** Blocks: nothing of an event loop is left over when the application begins. */
function readAll() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = readSync(0, chunk);
    if (length === 0) return Buffer.concat(chunks).toString();
    chunks.push(chunk.subarray(0, length));
  }
}

const told = readAll();
if (told === '') process.exit(0);
const { env, compileCache } = JSON.parse(told);
closeSync(0);
openSync('/dev/null', 'r'); // takes the number that is free: standard input
for (const name of Object.keys(process.env)) if (name !== 'PWD') delete process.env[name];
Object.assign(process.env, env);
if (compileCache) enableCompileCache(compileCache);
