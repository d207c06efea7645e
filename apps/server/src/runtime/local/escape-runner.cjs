'use strict';
// Makes every attempt of a JSON file in turn, in the folder that comes next, by the command that may follow, and prints
// `name<tab>verdict`; as an app it then answers, to be healthy.
const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');

const { NODE_OPTIONS: _, ...env } = process.env;
const [file, cwd, ...by] = process.argv.slice(2);
const attempt = ([, language, program]) =>
  new Promise((resolve) => {
    const [command, ...args] = [...by, ...(language === 'sh' ? ['/bin/sh', '-c'] : [process.execPath, '-e']), program];
    const child = execFile(command, args, { cwd, env, timeout: 10_000 }, (error, stdout) => {
      if (stdout.includes('ESCAPED')) resolve('ESCAPED');
      // 127 is the shell's word for a missing program: such an attempt proves nothing.
      else resolve(error?.killed || error?.code === 127 || (error && language === 'js') ? 'BROKEN' : 'held');
    });
    child.stdin.end();
  });

async function main() {
  for (const one of JSON.parse(readFileSync(file, 'utf8'))) process.stdout.write(`${one[0]}\t${await attempt(one)}\n`);
  if (process.env.SOCKET_PATH)
    require('node:http')
      .createServer((_req, res) => res.end())
      .listen(process.env.SOCKET_PATH);
}
main();
