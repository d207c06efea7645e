'use strict';
// Makes every attempt of a JSON file in turn and prints `name<tab>verdict`; as an app it then answers, to be healthy.
const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');

const { NODE_OPTIONS: _, ...env } = process.env;
const attempt = ([, language, program]) =>
  new Promise((resolve) => {
    const [command, option] = language === 'sh' ? ['/bin/sh', '-c'] : [process.execPath, '-e'];
    const options = { cwd: process.argv[3], env, timeout: 10_000 };
    const child = execFile(command, [option, program], options, (error, stdout) => {
      if (stdout.includes('ESCAPED')) resolve('ESCAPED');
      // 127 is the shell's word for a missing program: such an attempt proves nothing.
      else resolve(error?.killed || error?.code === 127 || (error && language === 'js') ? 'BROKEN' : 'held');
    });
    child.stdin.end();
  });

async function main() {
  for (const one of JSON.parse(readFileSync(process.argv[2], 'utf8')))
    process.stdout.write(`${one[0]}\t${await attempt(one)}\n`);
  if (process.env.SOCKET_PATH)
    require('node:http')
      .createServer((_req, res) => res.end())
      .listen(process.env.SOCKET_PATH);
}
main();
